import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { BlobServiceClient, type ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import { startAzurite } from '../src/azurite.ts'
import type { RunningProcess } from '../src/child-process.ts'
import { signal } from '../src/postgres/foreign-process.ts'
import { startScratch } from '../src/scratch.ts'
import { until } from './launched-shop.ts'

type Azurite = Awaited<ReturnType<typeof openAzurite>>

let azurite: Azurite
let container: ContainerClient
beforeEach(async () => {
  azurite = await openAzurite()
  container = await azurite.start()
  await container.create()
})
afterEach(() => azurite.stop())

test('a blob is there after a kill at the moment of its answer, and one that was deleted is not', async () => {
  for (const name of ['one', 'two', 'three']) {
    await put(name)
    await azurite.kill()
    container = await azurite.start()
    assert.equal(await read(name), name)
  }
  await container.deleteBlob('two')
  await azurite.kill()
  container = await azurite.start()
  assert.deepEqual(await list(), ['one', 'three'])
})

test('what cannot be saved is not answered, nor said to be there already', async () => {
  const mend = azurite.breakIndex('__azurite_db_blob__.json')
  await assert.rejects(put('one'), { code: 'ECONNRESET' })
  // Its head and text were on their way; it is their end that never comes.
  await assert.rejects(put('one'), { code: 'PARSE_ERROR' })
  assert.match(azurite.log(), /^Azurite cannot save: .*EISDIR/m)
  mend()
  await assert.rejects(put('one'), { code: 'BlobAlreadyExists' })
  await azurite.kill()
  container = await azurite.start()
  assert.equal(await read('one'), 'one')
})

test('what could not be saved is saved as soon as it can be, though nobody asks', async () => {
  for (const index of ['__azurite_db_blob__.json', '__azurite_db_blob_extent__.json']) {
    const mend = azurite.breakIndex(index)
    await assert.rejects(put(index), { code: 'ECONNRESET' })
    mend()
  }
  const saved = () => azurite.index('__azurite_db_blob__.json')
  await until(() => saved().includes('blob_extent'), 20_000, saved)
  await azurite.kill()
  container = await azurite.start()
  for (const name of await list()) assert.equal(await read(name), name)
  assert.equal((await list()).length, 2)
})

test('no blob is listed whose bytes nobody would find', async () => {
  const mend = azurite.breakIndex('__azurite_db_blob_extent__.json')
  await assert.rejects(put('one'), { code: 'ECONNRESET' })
  await azurite.kill()
  mend()
  container = await azurite.start()
  assert.deepEqual(await list(), [])
  await put('one')
  assert.equal(await read('one'), 'one')
})

const put = (name: string) =>
  container.getBlockBlobClient(name).upload(name, name.length, { conditions: { ifNoneMatch: '*' } })
const read = async (name: string) => (await container.getBlobClient(name).downloadToBuffer()).toString()
const list = async () => (await Array.fromAsync(container.listBlobsFlat())).map(({ name }) => name)

/** One that keeps its data over several lives. */
function openAzurite() {
  return startScratch('azurite-on-disk', async ({ folder, logFile, begin }) => {
    const accountKey = randomBytes(64).toString('base64')
    const environment = { PATH: process.env.PATH ?? '' }
    let life: RunningProcess | undefined
    const start = async () => {
      const { store, process } = await startAzurite({ folder, accountKey, logFile, environment }, begin)
      life = process
      const credential = new StorageSharedKeyCredential(store.accountName, store.accountKey)
      const options = { retryOptions: { maxTries: 1, tryTimeoutInMs: 10_000 } }
      return new BlobServiceClient(store.endpoint, credential, options).getContainerClient('pictures')
    }
    const kill = async () => {
      if (life) signal(life.pid, 'SIGKILL')
      await life?.ended
    }
    /** A folder lies where the index is written before it gets its name. */
    const breakIndex = (name: string) => {
      mkdirSync(join(folder, `${name}~`))
      return () => rmdirSync(join(folder, `${name}~`))
    }
    return {
      start,
      kill,
      breakIndex,
      index: (name: string) => readFileSync(join(folder, name), 'utf8'),
      log: () => readFileSync(logFile, 'utf8'),
    }
  })
}
