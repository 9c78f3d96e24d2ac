import { type ChildProcess, execFile } from 'node:child_process'
import { devNull } from 'node:os'
import { fileURLToPath } from 'node:url'

export const home = fileURLToPath(new URL('../../..', import.meta.url))
/** A project of the trial's own: nobody's shop and nobody's volumes are ever touched. */
export const projectName = 'tallyshop-test'

export type Ended = { code: number; out: string; errors: string }
export type Options = {
  timeoutMs?: number
  /** Beside what the trial's own environment has. */
  environment?: Record<string, string>
  /** What the program reads from its standard input. */
  input?: string
}

/** Runs docker and resolves to what it wrote; rejects with its last words where it fails, or is not done in time. */
export async function docker(args: string[], options?: Options): Promise<string> {
  const { code, out, errors } = await tryDocker(args, options)
  if (code === 0) return out
  throw new Error(`docker ${args.join(' ')} ended with ${code}:\n${lastLines(out + errors)}`)
}

/** Runs docker and resolves to how it ended. One that is not done in time (60 s unless told) is ended, with code 124. */
export function tryDocker(args: string[], options: Options = {}): Promise<Ended> {
  const { timeoutMs = 60_000, environment = {}, input } = options
  const settings = {
    cwd: home,
    env: { ...process.env, ...environment },
    timeout: timeoutMs,
    maxBuffer: 256 * 2 ** 20,
  }
  return new Promise((resolve, reject) => {
    const child = execFile('docker', args, settings, (error, out, errors) => {
      running.delete(child)
      if (!error) return resolve({ code: 0, out, errors })
      if (error.killed) {
        return resolve({ code: 124, out, errors: `${errors}\nIt was not done in ${timeoutMs} ms.` })
      }
      if (typeof error.code === 'number') return resolve({ code: error.code, out, errors })
      reject(error)
    })
    running.add(child)
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

/** `docker compose …` on docker-compose.yml alone: no .env, no override file and no other project has a say. */
export const compose = (args: string[], options?: Options): Promise<string> =>
  docker([...ofTheProject, ...args], options)

export const tryCompose = (args: string[], options?: Options): Promise<Ended> =>
  tryDocker([...ofTheProject, ...args], options)

const ofTheProject = [
  'compose',
  '--ansi',
  'never',
  '--project-name',
  projectName,
  '--file',
  'docker-compose.yml',
  '--env-file',
  devNull,
]

export function lastLines(text: string, count = 40): string {
  return text.trimEnd().split('\n').slice(-count).join('\n')
}

// What this process has begun must not go on building and starting when it is ended itself.
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill()
})
