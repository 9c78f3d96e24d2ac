import { randomUUID } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BlobStore } from './azurite.ts'
import { CannotStart } from './cannot-start.ts'
import type { RunningDatabase } from './postgres.ts'

export type RunningShop = {
  urls: { shop: string; product: string; order: string }
  productDatabase: RunningDatabase
  orderDatabase: RunningDatabase
  /** Absent where an account of the environment keeps the pictures. */
  pictureStore?: BlobStore
}
type Answer = { id?: string; pid?: number; shop?: RunningShop }

const socketName = 'launcher.sock'

/** The shop that runs on this data folder, told by its launcher; undefined where none runs or it is still starting. */
export async function findRunningShop(dataDir: string): Promise<RunningShop | undefined> {
  return (await withShortPath(resolve(dataDir), (folder) => ask(join(folder, socketName))))?.shop
}

/**
 * Makes this process the only launcher on a data folder until `release`, by a socket in it that also tells others
 * about the running shop. The socket of a launcher that was killed is recognised (nobody listens) and replaced.
 */
export async function takeLock(
  dataDir: string,
): Promise<{ tell: (shop: RunningShop) => void; release: () => Promise<void> }> {
  const answer: Answer = { id: randomUUID(), pid: process.pid }
  const server = await withShortPath(dataDir, (folder) =>
    listenAlone(join(folder, socketName), answer, dataDir),
  )
  return {
    tell: (shop) => {
      answer.shop = shop
    },
    release: async () => {
      rmSync(join(dataDir, socketName), { force: true })
      await new Promise((closed) => server.close(closed))
    },
  }
}

async function listenAlone(path: string, answer: Answer, dataDir: string): Promise<Server> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const server = await listen(path, answer, dataDir)
    const other = await (server ? askAgain(path) : ask(path))
    if (server && other?.id === answer.id) return server
    if (other) throw alreadyRunning(dataDir, other.pid)
    const living = await removeDead(path)
    if (living) throw alreadyRunning(dataDir, living.pid)
  }
  throw alreadyRunning(dataDir, undefined)
}

/** Of several starts at once, one may have moved another's living socket aside for a moment, and a third come in between. */
async function askAgain(path: string): Promise<Answer | undefined> {
  let answer: Answer | undefined
  for (let round = 0; round < 10 && !answer; round += 1) {
    await sleep(25)
    answer = await ask(path)
  }
  return answer
}

/** Removes a socket nobody listens on, and gives the answer of one that somebody does. */
async function removeDead(path: string): Promise<Answer | undefined> {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const living = await ask(aside)
  if (living) renameSync(aside, path)
  else rmSync(aside, { force: true })
  return living
}

function alreadyRunning(dataDir: string, pid: number | undefined): CannotStart {
  return new CannotStart(
    `The shop already runs on the data in ${dataDir}${pid ? ` (process ${pid})` : ''}: use that one, or start another with DATA_DIR and the three ports set to others.`,
  )
}

function listen(path: string, answer: Answer, dataDir: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.end(JSON.stringify(answer))
    })
    server.unref()
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EADDRINUSE') return resolve(undefined)
      reject(
        new CannotStart(
          `The data folder ${dataDir} cannot hold a socket (${code}): set DATA_DIR to a local disk.`,
        ),
      )
    })
    server.listen(path, () => resolve(server))
  })
}

/** What the launcher behind a socket says; nothing but its being there when it is suspended, undefined when it is gone. */
function ask(path: string): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path, timeout: 2000 }).setEncoding('utf8')
    let text = ''
    let isThere = false
    const settle = () => {
      socket.destroy()
      resolve(isThere ? parse(text) : undefined)
    }
    socket.once('connect', () => {
      isThere = true
    })
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    for (const event of ['end', 'error', 'timeout']) socket.once(event, settle)
  })
}

function parse(text: string): Answer {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** A socket's path may have 104 bytes, a data folder's more: the work is done through a short-lived link to it. */
async function withShortPath<T>(folder: string, work: (folder: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(folder) < 70) return work(folder)
  const linkFolder = mkdtempSync(join(tmpdir(), 'shop-'))
  const link = join(linkFolder, 'd')
  symlinkSync(folder, link)
  try {
    return await work(link)
  } finally {
    rmSync(linkFolder, { recursive: true, force: true })
  }
}
