import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { compose, docker, lastLines, projectName, tryCompose, tryDocker } from './docker.ts'

/** Each service of docker-compose.yml and the name of its container; Azurite's is the engine's to choose. */
export const containerNames = {
  product_db: 'product_db_container',
  order_db: 'order_db_container',
  azurite: `${projectName}-azurite-1`,
  product_service: 'product_api_container',
  order_service: 'order_api_container',
  frontend: 'product_order_frontend',
} as const
export type ServiceName = keyof typeof containerNames
export const serviceNames = Object.keys(containerNames) as ServiceName[]
/** Those whose images this repository builds. */
export const ourServices: ServiceName[] = ['product_service', 'order_service', 'frontend']

/** What a round notes for itself. */
export const roundFolder = join(tmpdir(), `${projectName}-${userInfo().username}`)

/** Of which only images are made. */
export const cloneProject = `${projectName}-clone`

/** What the trial runs beside the project's own containers, so that it can be found again. */
export const extraLabel = `${projectName}.extra`

export const extraNetwork = `${projectName}-extra`

/** Removes all that the trial has made in the engine, and nothing else. */
export async function removeEverything(): Promise<void> {
  const extras = (await docker(['ps', '--all', '--quiet', '--filter', `label=${extraLabel}`])).trim()
  if (extras) await docker(['rm', '--force', '--volumes', ...extras.split('\n')])
  await tryDocker(['network', 'rm', extraNetwork])
  const all = ['--volumes', '--remove-orphans', '--rmi', 'local', '--timeout', '5']
  await compose(['--profile', 'tools', 'down', ...all], { timeoutMs: 120_000 })
  const clones = (await docker(['images', '--quiet', '--filter', `reference=${cloneProject}-*`])).trim()
  if (clones) await docker(['rmi', '--force', ...new Set(clones.split('\n'))])
}

/** The state of all containers, and what each said last, for whoever looks into a failure. */
export async function tellOfContainers(): Promise<string> {
  const table = await tryCompose(['ps', '--all'])
  const said = await Promise.all(
    serviceNames.map(async (name) => {
      const { out, errors } = await tryCompose(['logs', '--no-color', '--tail', '15', name])
      return `--- ${name}\n${lastLines(stripVTControlCharacters(out + errors), 15)}`
    }),
  )
  return [table.out || table.errors, ...said].join('\n')
}
