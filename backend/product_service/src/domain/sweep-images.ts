/**
 * A blob below our prefix; `stem` is what a row would name it by, undefined where the name is not of our making; `shopUid` is
 * the shop that uploaded it.
 */
export type StoredBlob = {
  name: string
  stem: string | undefined
  shopUid: string | undefined
  ageMs: number
  lastModified: Date
}

/** `from` is where this page begins and `next` where the listing goes on; undefined at its beginning and its end. */
export type BlobPage = { blobs: StoredBlob[]; from: string | undefined; next: string | undefined }

export type SweptStorage = {
  /** All blobs below our prefix in name order. Ages are by the storage's own clock. */
  listPages(options: { from: string | undefined; signal: AbortSignal }): AsyncIterable<BlobPage>
  /** Removes a blob unless it was written since it was listed. One that is gone already is fine. */
  remove(blob: StoredBlob, signal: AbortSignal): Promise<void>
}

export type NamingRows = {
  /** Of these stems those that a row names, each with whether its product is listed or deleted. */
  findNaming(stems: string[]): Promise<Map<string, 'listed' | 'deleted'>>
}

/** Counts blobs: seen, named by a listed product, too young, of others, removed, not removed though they should be. */
export type SweepReport = Record<'listed' | 'named' | 'young' | 'foreign' | 'removed' | 'failed', number>

export type Sweep = {
  report: SweepReport
  /** Where the next pass goes on, after one whose time was over. */
  resumeFrom: string | undefined
  /** The first thing that went wrong. */
  failure: unknown
}

/** One that has not done anything yet. */
export function newSweep(resumeFrom: string | undefined): Sweep {
  const report = { listed: 0, named: 0, young: 0, foreign: 0, removed: 0, failed: 0 }
  return { report, resumeFrom, failure: undefined }
}

type Limits = { shopUid: string; minAgeMs: number; signal: AbortSignal; resumeFrom: string | undefined }

const removalsAtOnce = 8

/**
 * Removes the blobs that no listed product names: those of deleted products at once, others when they are older than
 * `minAgeMs`. Of those that no row names at all only this shop's own: the rows of one shop say nothing about the pictures
 * of another. Goes on where `resumeFrom` says and ends when `signal` aborts.
 *
 * A page is listed first, then the database is asked, and only then blobs are removed. A name is a fresh UUID, so a row can
 * begin to name a blob only by the blob's own upload, whose deadlines are far below `minAgeMs`; a row of a deleted product
 * never changes again.
 */
export async function sweepImages(
  storage: SweptStorage,
  rows: NamingRows,
  { shopUid, minAgeMs, signal, resumeFrom }: Limits,
): Promise<Sweep> {
  const sweep = newSweep(resumeFrom)
  const { report } = sweep
  try {
    for await (const page of storage.listPages({ from: resumeFrom, signal })) {
      sweep.resumeFrom = page.from
      const due = await findDue(page, rows, { shopUid, minAgeMs }, report)
      await removeAll(due, storage, signal, sweep)
      if (signal.aborted) return sweep
      sweep.resumeFrom = page.next
    }
  } catch (error) {
    if (signal.aborted) return sweep
    sweep.failure ??= error
    sweep.resumeFrom = undefined
  }
  return sweep
}

async function findDue(
  { blobs }: BlobPage,
  rows: NamingRows,
  { shopUid, minAgeMs }: Pick<Limits, 'shopUid' | 'minAgeMs'>,
  report: SweepReport,
): Promise<StoredBlob[]> {
  const stems = new Set(blobs.flatMap(({ stem }) => stem ?? []))
  const naming = stems.size > 0 ? await rows.findNaming([...stems]) : new Map<string, string>()
  return blobs.filter((blob) => {
    report.listed += 1
    const namedBy = blob.stem && naming.get(blob.stem)
    const isOurs = blob.stem !== undefined && blob.shopUid === shopUid
    const verdict = judge(namedBy, isOurs, blob.ageMs < minAgeMs)
    if (verdict !== 'due') report[verdict] += 1
    return verdict === 'due'
  })
}

function judge(namedBy: string | undefined, isOurs: boolean, isYoung: boolean) {
  if (namedBy === 'listed') return 'named'
  if (namedBy === 'deleted') return 'due'
  if (!isOurs) return 'foreign'
  return isYoung ? 'young' : 'due'
}

async function removeAll(
  due: StoredBlob[],
  storage: SweptStorage,
  signal: AbortSignal,
  sweep: Sweep,
): Promise<void> {
  const waiting = due.values()
  const removeOnes = async () => {
    for (const blob of waiting) {
      if (signal.aborted) return
      try {
        await storage.remove(blob, signal)
        sweep.report.removed += 1
      } catch (error) {
        if (signal.aborted) return
        sweep.report.failed += 1
        sweep.failure ??= error
      }
    }
  }
  await Promise.all(Array.from({ length: removalsAtOnce }, removeOnes))
}
