/**
 * Loaded into Azurite by --require. Its indexes are lokijs databases in memory that save themselves every five seconds:
 * a crash would take back what it has answered since, a picture as well as its deletion. Here the answer to a change
 * waits until the indexes are on the disk; changes that come meanwhile share the next save.
 */
const { realpathSync } = require('node:fs')
const { ServerResponse } = require('node:http')
const { createRequire } = require('node:module')
const { promisify } = require('node:util')

const Loki = findLoki()
if (Loki) {
  const indexes = new Set()
  const { autosaveEnable } = Loki.prototype
  Loki.prototype.autosaveEnable = function (...args) {
    indexes.add(this)
    return autosaveEnable.apply(this, args)
  }
  const save = () => Promise.all([...indexes].map((index) => promisify(index.saveDatabase).call(index)))

  const { end } = ServerResponse.prototype
  ServerResponse.prototype.end = function (...args) {
    if (!isOfAChange(this)) return end.apply(this, args)
    // Where nothing can be saved, no answer is better than an untrue one.
    save().then(
      () => end.apply(this, args),
      (error) => this.destroy(error),
    )
    return this
  }
}

function isOfAChange({ req, statusCode }) {
  return !['GET', 'HEAD', 'OPTIONS'].includes(req.method) && statusCode < 400
}

/** From the program that is being started, wherever it was installed; an Azurite in one piece has nothing to be found. */
function findLoki() {
  try {
    return createRequire(realpathSync(process.argv[1]))('lokijs')
  } catch (error) {
    console.error(`Azurite saves every five seconds only: ${error.message.split('\n')[0]}`)
  }
}
