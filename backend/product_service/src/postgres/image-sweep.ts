import type { Sql } from '@tallyshop/service-kit/postgres'
import type { NamingRows } from '../domain/sweep-images.ts'

export type SweepClaim = { shopUid: string; resumeFrom: string | undefined }
export type SweepEnd = { report: object; resumeFrom: string | undefined; restMs: number }

/**
 * Takes the pass that is due, away from other replicas for `leaseMs`; undefined where none is due. Only this server's
 * clock counts: one that was set back an hour or more does not keep the next pass waiting.
 */
export async function claimSweep(sql: Sql, holder: string, leaseMs: number): Promise<SweepClaim | undefined> {
  const [claim] = await sql<{ shopUid: string; resumeFrom: string | null }[]>`
    update image_sweep set due_at = now() + ${leaseMs} * interval '1 ms', holder = ${holder}, began_at = now()
    where due_at not between now() and now() + interval '1 hour'
    returning shop_uid, resume_from`
  return claim && { shopUid: claim.shopUid, resumeFrom: claim.resumeFrom ?? undefined }
}

/** The number by which this shop marks the pictures it uploads. */
export async function getShopUid(sql: Sql): Promise<string> {
  const [row] = await sql<[{ shopUid: string }]>`select shop_uid from image_sweep`
  return row.shopUid
}

/** Notes what a pass did and when the next is due, unless another took over since. */
export async function endSweep(sql: Sql, holder: string, end: SweepEnd): Promise<void> {
  await sql`
    update image_sweep set due_at = now() + ${end.restMs} * interval '1 ms', holder = null, ended_at = now(),
      resume_from = ${end.resumeFrom ?? null}, report = ${JSON.stringify(end.report)}
    where holder = ${holder}`
}

/** Which of some stems are named by rows. */
export async function findNaming(
  sql: Sql,
  stems: string[],
): Promise<Awaited<ReturnType<NamingRows['findNaming']>>> {
  const rows = await sql<{ imageStem: string; deleted: boolean }[]>`
    select image_stem, bool_and(deleted_at is not null) as deleted from products
    where image_stem collate "C" = any(${stems}::text[]) group by image_stem`
  return new Map(rows.map(({ imageStem, deleted }) => [imageStem, deleted ? 'deleted' : 'listed']))
}
