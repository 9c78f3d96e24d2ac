/**
 * Loaded into Azurite by --require. Its indexes are lokijs databases in memory that save themselves every five seconds:
 * a crash would take back what it has answered since, a picture as well as its deletion. Here the answer to whatever may
 * change something waits until the indexes are on the disk; those that come meanwhile share the next save.
 */
const fs = require('node:fs')
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
    if (!extents.has(this) && !others.has(this)) {
      const isOfExtents = basename(this.filename).includes('extent')
      ;(isOfExtents ? extents : others).add(this)
      saveWell(this, isOfExtents ? async () => {} : () => save(extents))
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

/**
 * No index on the disk names bytes of which no other knows: what is saved here was known there when it was put into words.
 * lokijs takes it for saved from that moment on, so what failed has to be marked again, or nobody would try it again. No
 * index is replaced by one that a power cut would empty: Azurite would then remove all bytes as nobody's.
 */
function saveWell(index, saveFirst) {
  const { persistenceAdapter: adapter } = index
  const { saveDatabase } = adapter
  const writeFile = (file, words, callback) => fs.writeFile(file, words, { flush: true }, callback)
  adapter.fs = { ...fs, writeFile }
  adapter.saveDatabase = (name, words, callback) => {
    const done = (error) => {
      if (error) for (const collection of index.collections) collection.dirty = true
      callback(error)
    }
    saveFirst().then(() => saveDatabase.call(adapter, name, words, done), done)
  }
}

/** From the program that is being started, wherever it was installed; an Azurite in one piece has nothing to be found. */
function findLoki() {
  try {
    return createRequire(fs.realpathSync(process.argv[1]))('lokijs')
  } catch (error) {
    console.error(`Azurite saves every five seconds only: ${error.message.split('\n')[0]}`)
  }
}
