import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { promisify } from 'node:util'
import { makeBackupFolder } from './backup/backup-folder.ts'
import { CannotProceed } from './cannot-proceed.ts'

export type Command = { name: string; folders: string[]; options: string[] }

/**
 * Where the shop of the Compose file in `home` runs, its databases are reached inside their network alone: runs the same
 * command there, in the image of this package, with the folder at the same place. Returns its exit code; undefined where
 * that shop does not run. Throws CannotProceed.
 */
export async function runInContainers(
  { name, folders, options }: Command,
  home: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (!(await runsInContainers(home))) return undefined
  console.log('The shop runs in containers: this is done there.')
  const [folder] = folders
  if (folder) await prepare(folder, name)
  signal.throwIfAborted()
  // Without its neighbours: those that run are not to be made anew, whatever changed in the settings meanwhile.
  const run = ['compose', 'run', '--rm', '--build', '--no-deps', ...terminal()]
  const place = folder ? [...owner(folder), '--volume', `${folder}:${folder}`] : []
  const docker = spawn('docker', [...run, ...place, 'operations', name, ...folders, ...options], {
    cwd: home,
    stdio: 'inherit',
  })
  signal.addEventListener('abort', () => docker.kill('SIGTERM'))
  const [code] = await once(docker, 'exit')
  return code ?? 1
}

async function prepare(folder: string, name: string): Promise<void> {
  if (folder.includes(':')) throw new CannotProceed(`Docker takes no folder with a colon: ${folder}.`)
  if (name === 'backup') await makeBackupFolder(folder)
  // The engine would make it, as root's.
  if (!existsSync(folder)) throw new CannotProceed(`There is no folder ${folder}.`)
}

/** Root without its capabilities could not read what is another's. */
function owner(folder: string): string[] {
  const { uid, gid } = statSync(folder)
  return process.getuid ? ['--user', `${uid}:${gid}`] : []
}

function terminal(): string[] {
  return process.stdin.isTTY && process.stdout.isTTY ? [] : ['--no-TTY']
}

async function runsInContainers(home: string): Promise<boolean> {
  const command = ['compose', 'ps', '--services', '--status', 'running']
  try {
    const { stdout } = await promisify(execFile)('docker', command, { cwd: home, timeout: 30_000 })
    const running = stdout.split('\n')
    return ['product_db', 'order_db', 'azurite'].every((service) => running.includes(service))
  } catch (error) {
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string }
    if (code === 'ENOENT' || /'?compose'? is not a docker command|unknown/i.test(stderr)) return false
    throw new CannotProceed(`Docker was asked for the shop in containers: ${lastLine(stderr)}`, {
      cause: error,
    })
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) || 'it did not answer.'
}
