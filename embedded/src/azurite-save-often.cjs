/**
 * Loaded into Azurite by --require. Its index of blobs is a lokijs database that saves itself every five seconds,
 * a fixed number: a picture uploaded just before a crash would be lost. Here it saves within a tenth of a second.
 */
const { realpathSync } = require('node:fs')
const { createRequire } = require('node:module')

const Loki = findLoki()
if (Loki) {
  const { autosaveEnable } = Loki.prototype
  Loki.prototype.autosaveEnable = function (...args) {
    this.autosaveInterval = 100
    return autosaveEnable.apply(this, args)
  }
}

/** From the program that is being started, wherever it was installed; an Azurite in one piece has nothing to be found. */
function findLoki() {
  try {
    return createRequire(realpathSync(process.argv[1]))('lokijs')
  } catch (error) {
    console.error(`Azurite saves every five seconds only: ${error.message.split('\n')[0]}`)
  }
}
