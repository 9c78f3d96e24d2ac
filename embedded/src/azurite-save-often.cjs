/**
 * Loaded into Azurite by --require. Its index of blobs is a lokijs database that saves itself every five seconds,
 * a fixed number: a picture uploaded just before a crash would be lost. Here it saves within a tenth of a second.
 */
const { createRequire } = require('node:module')

const Loki = createRequire(require.resolve('azurite/package.json'))('lokijs')
const { autosaveEnable } = Loki.prototype

Loki.prototype.autosaveEnable = function (...args) {
  this.autosaveInterval = 100
  return autosaveEnable.apply(this, args)
}
