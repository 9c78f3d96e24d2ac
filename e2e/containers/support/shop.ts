import { createClient } from '@tallyshop/service-kit/test-support/http'
import { compose, docker, type Options } from './docker.ts'
import { keepLogs } from './logs.ts'
import { containerNames, type ServiceName } from './project.ts'

export const urls = {
  shop: 'http://localhost:3000',
  product: 'http://localhost:8000',
  order: 'http://localhost:8001',
}
export const shop = createClient(urls.shop)

/** Starts what is not up and waits until all is healthy; `more` is further arguments of `docker compose up`. */
export async function bringUp(more: string[] = [], options: Options = {}): Promise<void> {
  await keepLogs()
  await compose(['up', '-d', '--wait', ...more], { timeoutMs: 120_000, ...options })
}

/** `docker compose down`, with what the containers said kept. */
export async function takeDown(more: string[] = []): Promise<void> {
  await keepLogs()
  await compose(['down', ...more])
}

/** What the engine knows of a service's container. */
export async function inspect(service: ServiceName) {
  const [known] = JSON.parse(await docker(['inspect', containerNames[service]]))
  return known
}

/** What `reconcile` of the operations container says; rejects where it found a difference. */
export async function reconcile(): Promise<string> {
  return compose(['run', '--rm', 'operations', 'reconcile'], { timeoutMs: 180_000 })
}
