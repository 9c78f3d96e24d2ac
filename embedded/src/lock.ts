import { mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { CannotStart } from './cannot-start.ts'
import type { RunningDatabase } from './postgres.ts'

export type RunningShop = {
  urls: { shop: string; product: string; order: string }
  productDatabase: RunningDatabase
  orderDatabase: RunningDatabase
}
type Answer = { pid: number; shop?: RunningShop }

const socketName = 'launcher.sock'

/** The shop that runs on this data folder, told by its launcher; undefined where none runs or it is still starting. */
export async function findRunningShop(dataDir: string): Promise<RunningShop | undefined> {
  return (await withShortPath(resolve(dataDir), (folder) => ask(join(folder, socketName))))?.shop
}

/**
 * Makes this process the only launcher on a data folder until `release`, by a socket in it that also tells others
 * about the running shop. A socket of a launcher that was killed is recognised (nobody answers) and replaced.
 */
export async function takeLock(
  dataDir: string,
): Promise<{ tell: (shop: RunningShop) => void; release: () => Promise<void> }> {
  const answer: Answer = { pid: process.pid }
  const server = await withShortPath(dataDir, async (folder) => {
    const path = join(folder, socketName)
    return (await listen(path, answer)) ?? replaceDeadSocket(path, answer, dataDir)
  })
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

async function replaceDeadSocket(path: string, answer: Answer, dataDir: string): Promise<Server> {
  // Of two starts at once, one renames the dead socket, and the other the first one's living one: it puts it back.
  const aside = `${path}.${process.pid}`
  renameSync(path, aside)
  const other = await ask(aside)
  if (other) renameSync(aside, path)
  else rmSync(aside, { force: true })
  const server = other ? undefined : await listen(path, answer)
  if (server) return server
  const who = other ? ` (process ${other.pid})` : ''
  throw new CannotStart(
    `The shop already runs on the data in ${dataDir}${who}: use that one, or start another with DATA_DIR and the ports set to others.`,
  )
}

function listen(path: string, answer: Answer): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.end(JSON.stringify(answer))
    })
    server.unref()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen(path, () => resolve(server))
  })
}

function ask(path: string): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path, timeout: 2000 })
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.once('end', () => resolve(JSON.parse(text) as Answer))
    socket.once('error', () => resolve(undefined))
    socket.once('timeout', () => {
      socket.destroy()
      resolve(undefined)
    })
  })
}

/** A socket's path may have 104 bytes, a data folder's more: the work is done through a short-lived link to it. */
async function withShortPath<T>(folder: string, work: (folder: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(folder) < 80) return work(folder)
  const linkFolder = mkdtempSync(join(tmpdir(), 'shop-'))
  const link = join(linkFolder, 'd')
  symlinkSync(folder, link)
  try {
    return await work(link)
  } finally {
    rmSync(linkFolder, { recursive: true, force: true })
  }
}
