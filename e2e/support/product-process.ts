import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Client, createClient } from '@tallyshop/service-kit/test-support/http'

const main = fileURLToPath(new URL('../../backend/product_service/src/main.ts', import.meta.url))

export type ProductProcess = {
  client: Client
  /** What it has logged so far, one JSON text a line. */
  lines: string[]
  /** The events of that level and above. */
  events: (level: number) => { msg: string; level: number; [field: string]: unknown }[]
  /** Ends it as a host does and resolves to its exit code. */
  stop: () => Promise<number | null>
}

/** The product service as a process of its own, with these variables and no others; resolves when it has started. */
export async function startProductProcess(variables: Record<string, string>): Promise<ProductProcess> {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, PORT: '0', ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 100_000,
  })
  const lines: string[] = []
  const url = await untilStarted(child, lines)
  return {
    client: createClient(url),
    lines,
    events: (least) => lines.map((line) => JSON.parse(line)).filter(({ level }) => level >= least),
    stop: async () => {
      if (child.exitCode !== null) return child.exitCode
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      const [code] = await exit
      return code
    },
  }
}

function untilStarted(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!child.stdout) return reject(new Error('The process has no output.'))
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      const { msg, url } = JSON.parse(line)
      if (msg === 'started') resolve(url)
    })
    child.once('exit', (code) => reject(new Error(`The service ended with ${code}:\n${lines.join('\n')}`)))
  })
}
