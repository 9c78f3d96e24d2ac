import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { CannotProceed } from './cannot-proceed.ts'

export type Command = { name: string; folder: string | undefined; options: string[] }

/**
 * Where the shop of the Compose file in `home` runs, its databases are reached inside their network alone: runs the same
 * command there, in the image of this package, with the folder at the same place. Returns its exit code; undefined where
 * that shop does not run. Throws CannotProceed.
 */
export async function runInContainers(
  { name, folder, options }: Command,
  home: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (!(await runsInContainers(home))) return undefined
  console.log('The shop runs in containers: this is done there.')
  if (folder && name === 'backup') mkdirSync(folder, { recursive: true, mode: 0o700 })
  // The engine would make it, as root's.
  if (folder && !existsSync(folder)) throw new CannotProceed(`There is no folder ${folder}.`)
  const asOurselves = process.getuid ? ['--user', `${process.getuid()}:${process.getgid?.()}`] : []
  const mount = folder ? ['--volume', `${folder}:${folder}`] : []
  const command = ['operations', name, ...(folder ? [folder] : []), ...options]
  const docker = spawn(
    'docker',
    ['compose', 'run', '--rm', '--build', ...asOurselves, ...mount, ...command],
    {
      cwd: home,
      stdio: 'inherit',
    },
  )
  signal.addEventListener('abort', () => docker.kill('SIGTERM'))
  const [code] = await once(docker, 'exit')
  return code ?? 1
}

async function runsInContainers(home: string): Promise<boolean> {
  const command = ['compose', 'ps', '--services', '--status', 'running']
  try {
    const { stdout } = await promisify(execFile)('docker', command, { cwd: home, timeout: 10_000 })
    const running = stdout.split('\n')
    return ['product_db', 'order_db'].every((service) => running.includes(service))
  } catch {
    // There is no engine here, or none that we may ask.
    return false
  }
}
