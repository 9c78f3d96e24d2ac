import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type RunningProcess, startProcess } from '../src/child-process.ts'
import { findRunningShop } from '../src/lock.ts'
import { listProcesses } from './process-list.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export type LaunchedShop = {
  launcher: RunningProcess
  output: () => string
  /** Waits for the addresses at the end of the start. */
  urls: () => Promise<{ shop: string; product: string; order: string }>
  /** The launcher's exit code, once it has ended by itself. */
  exitCode: (withinMs: number) => Promise<string>
  /** All processes below the launcher, by what they are. */
  processes: () => Map<number, string>
}

/** A folder for one suite's shop and its launchers' output, removed at the end together with what still runs. */
export function openPlace() {
  const home = mkdtempSync(join(tmpdir(), 'shop-launcher-'))
  const started: RunningProcess[] = []
  return {
    home,
    dataDir: join(home, 'data'),
    launch: (
      environment: Record<string, string> = {},
      asUser: string[] = [],
      args: string[] = [],
    ): LaunchedShop => {
      const command = [...asUser, process.execPath, main, ...args]
      const shop = launch(home, started.length, environment, command)
      started.push(shop.launcher)
      return shop
    },
    close: async () => {
      await Promise.all(started.map((launcher) => launcher.stop(6000)))
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function launch(
  home: string,
  count: number,
  environment: Record<string, string>,
  command: string[],
): LaunchedShop {
  const logFile = join(home, `launcher-${count}.out`)
  const launcher = startProcess({
    name: 'launcher',
    command,
    environment: {
      PATH: process.env.PATH ?? '',
      ENV_FILE: devNull,
      DATA_DIR: join(home, 'data'),
      FRONTEND_PORT: '0',
      PRODUCT_SERVICE_PORT: '0',
      ORDER_SERVICE_PORT: '0',
      ...environment,
    },
    logFile,
    stopSignal: 'SIGTERM',
    deathSignal: 'SIGTERM',
  })
  const output = () => readFileSync(logFile, 'utf8')
  return {
    launcher,
    output,
    urls: async () => {
      await until(() => output().includes('Ready after') || launcher.hasEnded(), 40_000, output)
      const found = /Shop +(\S+)\n +Product service +(\S+)\/docs\n +Order service +(\S+)\/docs\n/.exec(
        output(),
      )
      assert.ok(found, output())
      const [, shop = '', product = '', order = ''] = found
      return { shop, product, order }
    },
    exitCode: async (withinMs) => {
      await until(launcher.hasEnded, withinMs, output)
      return launcher.ended
    },
    processes: () => processesBelow(launcher.pid),
  }
}

/** Waits for something to become true, and fails telling what was seen instead. */
export async function until(isTrue: () => boolean | Promise<boolean>, withinMs: number, seen: () => string) {
  for (const deadline = Date.now() + withinMs; !(await isTrue()); await sleep(25)) {
    assert.ok(Date.now() < deadline, `not within ${withinMs} ms:\n${seen()}`)
  }
}

/** Fails when one of these processes still runs or one of these ports is still listened on. */
export async function assertNothingLeft(
  processes: Map<number, string>,
  ports: number[],
  withinMs = 0,
): Promise<void> {
  const left = () => [...processes].filter(([pid]) => isAlive(pid))
  await until(
    () => left().length === 0,
    withinMs,
    () => JSON.stringify(left()),
  )
  for (const port of ports) assert.equal(await isListenedOn(port), false, `port ${port}`)
}

/** All ports that a ready shop listens on and that it tells of. */
export async function portsOf(dataDir: string): Promise<number[]> {
  const shop = await findRunningShop(dataDir)
  assert.ok(shop)
  const urls = Object.values(shop.urls).map((url) => Number(new URL(url).port))
  return [...urls, shop.productDatabase.port, shop.orderDatabase.port]
}

function processesBelow(ancestor: number): Map<number, string> {
  const all = listProcesses()
  const found = new Map([[ancestor, 'launcher']])
  // A parent may come after its children in the list.
  for (let known = 0; known < found.size; ) {
    known = found.size
    for (const { pid, parent, command } of all)
      if (found.has(parent) && !found.has(pid)) found.set(pid, command)
  }
  return found
}

function isAlive(pid: number): boolean {
  return listProcesses().some((process) => process.pid === pid)
}

function isListenedOn(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** What the launcher said last. */
export function lastLine(shop: LaunchedShop): string {
  return shop.output().trim().split('\n').at(-1) ?? ''
}
