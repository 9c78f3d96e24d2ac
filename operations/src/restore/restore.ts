import { type Manifest, readManifest } from '../backup/manifest.ts'
import { CannotProceed, inWords } from '../cannot-proceed.ts'
import { bounded, type Connection, connectTo, type DatabaseName, type DatabaseUrls } from '../connection.ts'
import type { ShopAddress } from '../databases.ts'
import { silent, type Watched } from '../progress.ts'
import { type BroughtPictures, bringPictures } from './bring-pictures.ts'
import { checkFiles, findSchemaSteps } from './check-backup.ts'
import { checkTarget } from './check-target.ts'
import { letOrdersUnderWayEnd, lockDatabase } from './lock-database.ts'
import { replaceContents } from './replace-contents.ts'

export type RestoreOptions = Partial<Watched> & {
  /** Replaces a shop that is not empty. */
  force?: boolean
  /** How long the tables of each database may stay in use by others. */
  lockPatienceMs?: number
  /** How long an order may be under way in the order service: 5 s for the verdict, 10 for a connection, 8 for a lock. */
  underWayMs?: number
  /** One database alone, which then has another moment than the other: for trials. */
  only?: DatabaseName
}

export type RestoreReport = {
  manifest: Manifest
  pictures: BroughtPictures | undefined
  /** Tables of the backup that are not the shop's, and were left out. */
  leftOut: string[]
}

/**
 * Makes the shop what a backup says: pictures first, then both databases, each in one transaction, committed when both are
 * loaded and verified. Where anything fails before, both are as they were. Services may run: they wait meanwhile, or answer
 * that the shop is not available. Throws CannotProceed.
 */
export async function restore(
  shop: ShopAddress,
  folder: string,
  { force = false, lockPatienceMs = 30_000, underWayMs = 25_000, only, ...asked }: RestoreOptions = {},
): Promise<RestoreReport> {
  const watched = { progress: silent, signal: new AbortController().signal, ...asked }
  const { signal } = watched
  const names = only ? [only] : inOrderOfCommits
  const manifest = await readManifest(folder)
  for (const name of names) await findSchemaSteps(manifest, name)
  await checkFiles(folder, manifest, watched)
  return withConnections(shop.urls, names, signal, async (connections, noMoreBreakingOff) => {
    for (const connection of connections) await checkTarget(connection, { force })
    const lookAgain = only ? undefined : await bringPictures(shop.blobStorage, folder, manifest, watched)
    for (const connection of connections) {
      await lockDatabase(connection, lockPatienceMs, signal)
      await checkTarget(connection, { force })
      if (connection.name === 'order_db') await letOrdersUnderWayEnd(connection, underWayMs, signal)
    }
    const leftOut: string[] = []
    for (const connection of connections) {
      leftOut.push(...(await replaceOne(connection, folder, manifest, watched)))
    }
    signal.throwIfAborted()
    noMoreBreakingOff()
    await commitAll(connections)
    return { manifest, pictures: await lookAgain?.(), leftOut }
  })
}

/** Stopped between the two, stock is held for orders that nobody knows; the other way round it could be sold again. */
const inOrderOfCommits: DatabaseName[] = ['order_db', 'product_db']

/** All connections end with the work, or when it is broken off, and what is not committed by then is rolled back. */
async function withConnections<Result>(
  urls: DatabaseUrls,
  names: DatabaseName[],
  signal: AbortSignal,
  work: (connections: Connection[], noMoreBreakingOff: () => void) => Promise<Result>,
): Promise<Result> {
  const connections: Connection[] = []
  const endAll = () => Promise.all(connections.map((connection) => connection.end()))
  const breakOff = () => void endAll()
  const noMoreBreakingOff = () => signal.removeEventListener('abort', breakOff)
  signal.addEventListener('abort', breakOff)
  try {
    for (const name of names) connections.push(await connectTo(urls, name))
    return await work(connections, noMoreBreakingOff)
  } finally {
    noMoreBreakingOff()
    await endAll()
  }
}

async function replaceOne(
  connection: Connection,
  folder: string,
  manifest: Manifest,
  { progress, signal }: Watched,
): Promise<string[]> {
  const { name } = connection
  const dump = manifest.databases[name]
  const steps = await findSchemaSteps(manifest, name)
  progress.say(`${name}: loading what it was at ${dump.snapshotAt}`)
  try {
    return await replaceContents(connection, folder, dump, steps, progress)
  } catch (cause) {
    signal.throwIfAborted()
    const reason = inWords(cause)
    throw new CannotProceed(`${name} cannot be restored; both databases are as they were. ${reason}`, {
      cause,
    })
  }
}

async function commitAll(connections: Connection[]): Promise<void> {
  let before = ''
  for (const { name, db } of connections) {
    try {
      const { command } = await db.query(bounded('commit'))
      if (command !== 'COMMIT') throw new Error('the transaction was rolled back')
      before = `${name} is restored, and `
    } catch (cause) {
      const notYet = before ? '' : ' The other database is as it was.'
      throw new CannotProceed(
        `${before}whether ${name} is restored is not known (${inWords(cause)}): restore again, with --force.${notYet}`,
        { cause },
      )
    }
  }
}
