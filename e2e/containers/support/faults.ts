import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { compose, projectName, tryDocker } from './docker.ts'
import { runExtra } from './extra-containers.ts'
import { keepLogs } from './logs.ts'
import { containerNames, type ServiceName } from './project.ts'
import { bringUp, inspect } from './shop.ts'

const backWithinMs = 30_000

/**
 * Kills every process of a service's container at one moment, without the engine's doing: `docker kill` would count as
 * somebody's wish, and nothing would start it again. Resolves when the container has ended.
 */
export async function killEverythingIn(service: ServiceName): Promise<void> {
  const { RestartCount, State } = await inspect(service)
  await tryDocker(['exec', containerNames[service], 'sh', '-c', 'kill -9 -1'])
  for (const deadline = Date.now() + 10_000; ; await sleep(50)) {
    const now = await inspect(service)
    if (now.RestartCount > RestartCount || now.State.StartedAt !== State.StartedAt) return
    assert.ok(Date.now() < deadline, `${service} was not killed, or does not come back by itself`)
  }
}

/** Waits until the engine calls it healthy, at most 30 s. */
export async function untilHealthyAgain(service: ServiceName): Promise<void> {
  for (const deadline = Date.now() + backWithinMs; ; await sleep(250)) {
    const { State } = await inspect(service)
    if (State.Status === 'running' && State.Health.Status === 'healthy') return
    assert.ok(Date.now() < deadline, `${service} is ${State.Status}, ${State.Health?.Status} after 30 s`)
  }
}

const network = `${projectName}_default`

/** Where the other containers reach it. */
export async function addressOf(service: ServiceName): Promise<string> {
  return (await inspect(service)).NetworkSettings.Networks[network].IPAddress
}

/** Removes a service's container, and starts it anew when another one has its address. */
export async function startAtAnotherAddress(service: ServiceName): Promise<void> {
  const { Config } = await inspect(service)
  await keepLogs()
  await compose(['rm', '--stop', '--force', service])
  // The engine gives the lowest free address, or the next: either way, it is another one now.
  const other = await runExtra(['--network', network, '--entrypoint', 'sleep', Config.Image, '60'])
  await bringUp()
  await other.remove()
}
