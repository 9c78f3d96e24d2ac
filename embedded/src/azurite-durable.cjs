/**
 * Loaded into Azurite by --require. Its indexes are lokijs databases in memory that save themselves every five seconds:
 * a crash would take back what it has answered since, a picture as well as its deletion. Here the answer to whatever may
 * change something waits until the indexes are on the disk; those that come meanwhile share the next save.
 */
const { realpathSync } = require('node:fs')
const { ServerResponse } = require('node:http')
const { createRequire } = require('node:module')
const { basename } = require('node:path')
const { promisify } = require('node:util')

const Loki = findLoki()
if (Loki) {
  /** Where bytes lie, and what is told of them: blobs, queues, tables. */
  const extents = new Set()
  const others = new Set()
  // One that is not loaded yet has no collections, and would be saved as if it were empty.
  const isLoaded = ({ collections }) => collections.length > 0
  const save = (indexes) =>
    Promise.all([...indexes].filter(isLoaded).map((index) => promisify(index.saveDatabase).call(index)))

  const { autosaveEnable } = Loki.prototype
  Loki.prototype.autosaveEnable = function (...args) {
    if (basename(this.filename).includes('extent')) extents.add(this)
    else if (!others.has(this)) {
      others.add(this)
      saveAfter(this.persistenceAdapter, () => save(extents))
    }
    return autosaveEnable.apply(this, args)
  }

  const { end } = ServerResponse.prototype
  ServerResponse.prototype.end = function (...args) {
    // A refusal may be of what another request has just done: 409 tells that a blob is there.
    if (['GET', 'HEAD', 'OPTIONS'].includes(this.req.method)) return end.apply(this, args)
    save(others).then(
      () => end.apply(this, args),
      (error) => {
        // No answer is better than an untrue one.
        console.error(`Azurite cannot save: ${error.message}`)
        this.destroy()
      },
    )
    return this
  }
}

/** No index on the disk names bytes of which no other knows: what is saved here was known there when it was put into words. */
function saveAfter(adapter, saveFirst) {
  const { saveDatabase } = adapter
  adapter.saveDatabase = (name, words, callback) => {
    saveFirst().then(() => saveDatabase.call(adapter, name, words, callback), callback)
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
