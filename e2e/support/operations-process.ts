import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { ShopAddress } from '@tallyshop/operations/databases'
import { variablesOf } from './backup-shop.ts'

export type Ended = { code: number | null; signal: string | null; said: string }

export type Options = {
  /** Shell commands before it, such as limits. */
  limits?: string
  /** Sends a signal when it says such a text. */
  interruptAt?: { text: string; signal: NodeJS.Signals }
}

/** Runs `npm run backup` or `npm run restore` without npm; resolves when it has ended, whatever the outcome. */
export function runOperation(
  name: 'backup' | 'restore',
  args: string[],
  variables: Record<string, string>,
  options?: Options,
): Promise<Ended> {
  return runProgram(`../../operations/src/${name}-main.ts`, args, variables, options)
}

export const runBackup = (shop: ShopAddress, folder: string, options?: Options) =>
  runOperation('backup', [folder], variablesOf(shop), options)

export const runRestore = (shop: ShopAddress, folder: string, ...flags: string[]) =>
  runOperation('restore', [folder, ...flags], variablesOf(shop))

/** The same, killed at a line that contains `text`. */
export const runUntil = (what: 'backup' | 'restore', shop: ShopAddress, folder: string, text: string) =>
  runProgram('./stopped-at.ts', [what, folder, text], variablesOf(shop))

async function runProgram(
  file: string,
  args: string[],
  variables: Record<string, string>,
  { limits = ':', interruptAt }: Options = {},
): Promise<Ended> {
  const main = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn('sh', ['-c', `${limits}; exec "$0" "$@"`, process.execPath, main, ...args], {
    env: { PATH: process.env.PATH, ENV_FILE: process.env.ENV_FILE, ...variables },
    timeout: 60_000,
  })
  let seen = ''
  child.stderr.on('data', (chunk) => {
    const before = seen
    seen += chunk
    if (interruptAt && seen.includes(interruptAt.text) && !before.includes(interruptAt.text)) {
      child.kill(interruptAt.signal)
    }
  })
  const [[code, signal], out] = await Promise.all([once(child, 'close'), text(child.stdout)])
  return { code, signal, said: out + seen }
}
