import { getStatus } from '@tallyshop/embedded/http-answer'
import { until } from '../../../embedded/test/launched-shop.ts'
import { docker, projectName, tryDocker } from './docker.ts'
import { extraLabel } from './project.ts'

export type ExtraContainer = {
  id: string
  /** What it has said on its standard error so far. */
  logs: () => Promise<string>
  remove: () => Promise<void>
}

/** Runs a container beside the project's; whatever becomes of its test, it is removed with theirs. */
export async function runExtra(options: string[]): Promise<ExtraContainer> {
  const id = (await docker(['run', '--detach', `--label=${extraLabel}`, ...options])).trim()
  const logs = async () => (await tryDocker(['logs', id])).errors
  // One that is gone already is as good as removed.
  const remove = async () => {
    await tryDocker(['rm', '--force', '--volumes', id])
  }
  return { id, logs, remove }
}

/** A front that belongs to no shop, confined as docker-compose.yml confines it, once it answers. */
export async function runFront(options: string[] = []): Promise<ExtraContainer & { url: string }> {
  const front = await runExtra([
    '--publish=127.0.0.1::3000',
    ...confinement,
    ...options,
    `${projectName}-frontend`,
  ])
  const [address = ''] = (await docker(['port', front.id, '3000'])).trim().split('\n')
  const url = `http://${address}`
  await until(
    async () => (await getStatus(url)) === 200,
    10_000,
    () => `Nothing answers at ${url}.`,
  )
  return { ...front, url }
}

/** A service that says its own name; for an address with "slow" in it, after 5 s. */
export function runNamedService(name: string, options: string[]): Promise<ExtraContainer> {
  return runExtra([
    ...options,
    '--entrypoint=node',
    `${projectName}-product_service`,
    '--eval',
    saysItsName,
    name,
  ])
}

const confinement = [
  '--init',
  '--read-only',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges:true',
  '--tmpfs=/tmp:size=64m,mode=1777',
  '--memory=128m',
  '--pids-limit=256',
]

const saysItsName = `
require('node:http').createServer((request, response) => {
  setTimeout(() => response.end(process.argv[1]), request.url.includes('slow') ? 5000 : 0)
}).listen(8000)`
