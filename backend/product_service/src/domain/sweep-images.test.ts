import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type BlobPage,
  type NamingRows,
  type StoredBlob,
  type SweptStorage,
  sweepImages,
} from './sweep-images.ts'

const hour = 3_600_000
const lastModified = new Date(0)
const blob = (stem: string | undefined, ageMs: number, shopUid: string | undefined = 'ours'): StoredBlob => ({
  name: `${stem ?? 'foreign'}-480.webp`,
  stem,
  shopUid,
  ageMs,
  lastModified,
})

const pagesOf = (pages: StoredBlob[][]): BlobPage[] =>
  pages.map((blobs, at) => {
    const mark = (page: number) => (page > 0 && page < pages.length ? String(page) : undefined)
    return { blobs, from: mark(at), next: mark(at + 1) }
  })

/** Storage of these pages; what is removed is in `removed`. `fails` says of which names the removal fails. */
function storageOf(pages: StoredBlob[][], fails: (name: string) => boolean = () => false) {
  const removed: string[] = []
  const storage: SweptStorage = {
    listPages: async function* ({ from = '0' }) {
      yield* pagesOf(pages).slice(Number(from))
    },
    remove: async ({ name }) => {
      if (fails(name)) throw new Error(`not ${name}`)
      removed.push(name)
    },
  }
  return { storage, removed }
}

const rows: NamingRows = {
  findNaming: async (stems) =>
    new Map(
      stems.flatMap((stem) =>
        stem === 'listed' || stem === 'deleted' ? [[stem, stem as 'listed' | 'deleted']] : [],
      ),
    ),
}

const limits = () => ({
  shopUid: 'ours',
  minAgeMs: hour,
  signal: new AbortController().signal,
  resumeFrom: undefined,
})

describe('a sweep', () => {
  test('removes what no listed product names: of deleted products at once, others after their time', async () => {
    const ages = [0, hour - 1, hour, 9 * hour]
    const blobs = ['listed', 'deleted', 'unnamed', undefined].flatMap((stem) =>
      ages.map((ageMs) => blob(stem, ageMs)),
    )
    const { storage, removed } = storageOf([blobs])
    const { report, failure } = await sweepImages(storage, rows, limits())
    assert.equal(failure, undefined)
    assert.deepEqual(removed.sort(), [
      ...Array(4).fill('deleted-480.webp'),
      ...Array(2).fill('unnamed-480.webp'),
    ])
    assert.deepEqual(report, { listed: 16, named: 4, young: 2, foreign: 4, removed: 6, failed: 0 })
  })

  test('leaves what another shop uploaded, or nobody says who, unless a deleted product names it', async () => {
    const blobs = ['theirs', undefined].flatMap((shopUid) =>
      ['unnamed', 'listed', 'deleted'].map((stem) => ({ ...blob(stem, 9 * hour), shopUid })),
    )
    const { storage, removed } = storageOf([blobs])
    const { report } = await sweepImages(storage, rows, limits())
    assert.deepEqual(removed, Array(2).fill('deleted-480.webp'))
    assert.deepEqual(report, { listed: 6, named: 2, young: 0, foreign: 2, removed: 2, failed: 0 })
  })

  test('removes nothing where the database cannot be asked', async () => {
    const { storage, removed } = storageOf([[blob('unnamed', hour)], [blob('deleted', hour)]])
    const failure = new Error('no database')
    const sweep = await sweepImages(storage, { findNaming: () => Promise.reject(failure) }, limits())
    assert.deepEqual([removed, sweep.failure, sweep.resumeFrom], [[], failure, undefined])
  })

  test('counts what could not be removed and goes on with the rest', async () => {
    const { storage, removed } = storageOf(
      [[blob('a', hour), blob('b', hour), blob('c', hour)]],
      (name) => name === 'b-480.webp',
    )
    const { report, failure } = await sweepImages(storage, rows, limits())
    assert.deepEqual([removed.length, report.removed, report.failed], [2, 2, 1])
    assert.match(String(failure), /not b-480/)
  })

  test('that is broken off says where to go on, and the next one does', async () => {
    const { storage, removed } = storageOf([[blob('a', hour)], [blob('b', hour)], [blob('c', hour)]])
    const over = new AbortController()
    const breaking: SweptStorage = {
      ...storage,
      remove: async (due, signal) => {
        if (due.stem === 'b') over.abort()
        signal.throwIfAborted()
        await storage.remove(due, signal)
      },
    }
    const first = await sweepImages(breaking, rows, { ...limits(), signal: over.signal })
    assert.deepEqual([removed, first.resumeFrom, first.failure], [['a-480.webp'], '1', undefined])
    const second = await sweepImages(storage, rows, { ...limits(), resumeFrom: first.resumeFrom })
    assert.deepEqual([removed, second.resumeFrom], [['a-480.webp', 'b-480.webp', 'c-480.webp'], undefined])
  })
})
