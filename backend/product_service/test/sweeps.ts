import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ContainerClient } from '@azure/storage-blob'
import type { Sql } from '@tallyshop/service-kit/postgres'
import { captureLog } from '@tallyshop/service-kit/test-support/log-lines'
import { ImageStore } from '../src/blob-storage/images.ts'
import { listPages } from '../src/blob-storage/listing.ts'
import type { BlobStorageConfig } from '../src/config.ts'
import type { SweepReport, SweptStorage } from '../src/domain/sweep-images.ts'
import { startImageSweeper, usualTiming } from '../src/image-sweeper.ts'

/** A shop's real storage with small pages. */
export function pagedStorage(
  blobStorage: BlobStorageConfig,
  container: ContainerClient,
  pageSize: number,
): SweptStorage {
  const store = new ImageStore(blobStorage)
  return {
    listPages: (options) => listPages(container, { ...options, pageSize }),
    remove: (blob, signal) => store.remove(blob, signal),
  }
}

/** Waits for what a sweeper is to do, 20 s at most. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await isSo()); await sleep(5)) {
    assert.ok(Date.now() < deadline, `not within 20 s: ${isSo}`)
  }
}

/** Waits for the pass that a service begins with its start, so that the next one is the test's. */
export async function firstPassOver(sql: Sql): Promise<void> {
  await until(async () => (await sql`select 1 from image_sweep where ended_at is not null`).length > 0)
}

/** Makes the next pass due, as after the rest between two passes or when a lease has run out; what runs no longer counts. */
export async function makeDue(sql: Sql): Promise<void> {
  await sql`update image_sweep set due_at = now() - interval '1 second', holder = null`
}

/** Runs one pass at once and returns what was noted of it, and its line of the log. */
export async function sweepOnce(sql: Sql, storage: SweptStorage, minAgeMs: number = usualTiming.minAgeMs) {
  const { log, lines } = captureLog()
  await makeDue(sql)
  const sweeper = startImageSweeper(sql, storage, log, { ...usualTiming, minAgeMs })
  await until(() => lines.length > 0)
  await sweeper.stop()
  const [row] = await sql<{ report: SweepReport & { ms: number } }[]>`select report from image_sweep`
  assert.ok(row)
  const { ms, ...report } = row.report
  assert.ok(ms >= 0)
  return { report, line: JSON.parse(String(lines[0])), lines }
}
