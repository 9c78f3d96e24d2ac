import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Step } from '../plan.ts'
import type { DatabaseServer } from '../shop/database-server.ts'
import type { ServiceProcess } from '../shop/service-process.ts'
import type { TrialShop } from '../shop/shop.ts'
import type { Site } from './carry-out.ts'

type StepOf<Fault extends Step['fault']> = Step & { fault: Fault }

export async function killService({ on }: StepOf<'kill service'>, { shop }: Site): Promise<void> {
  await getService(shop, on).kill()
}

export async function killDatabase({ on }: StepOf<'kill postgres'>, { shop }: Site): Promise<void> {
  await getDatabase(shop, on).kill()
}

/** One backend by SIGKILL: the server ends all others and recovers. */
export async function killBackend({ on }: StepOf<'kill backend'>, { shop, history }: Site): Promise<void> {
  if (!(await getDatabase(shop, on).killBackend())) return
  history.record({ type: 'exit', on: `${on} backend`, how: 'SIGKILL', asked: true })
}

/** Some connections, as an administrator or a failover ends them. */
export async function endBackends({ on }: StepOf<'end backends'>, { shop }: Site): Promise<void> {
  await getDatabase(shop, on).terminateBackend()
}

export async function pause({ on, ms }: StepOf<'pause'>, { shop }: Site): Promise<void> {
  const paused = on.endsWith('-db') ? getDatabase(shop, on as Database) : getService(shop, on)
  await paused.pause(ms)
}

/** The wall clock of one process an hour off, forward or back, for a while; and back again. */
export async function jumpClock(
  { on, ms, byMs }: StepOf<'clock'>,
  { shop, history, signal }: Site,
): Promise<void> {
  const service = getService(shop, on)
  service.setClock(byMs)
  history.record({ type: 'window', window: 'clock jumps', on })
  await sleep(ms, undefined, { signal }).catch(() => {})
  service.setClock(0)
}

/** Not a byte is left for a database to write, for a while. */
export async function fillDisk(
  { on, ms }: StepOf<'disk full'>,
  { shop, history, signal }: Site,
): Promise<void> {
  const database = getDatabase(shop, on)
  if (!database.canFillDisk) {
    const fault = 'disk full: not done, it needs the right to mount'
    return history.record({ type: 'fault', fault, on, phase: 'begin' })
  }
  await database.fillDisk()
  try {
    await sleep(ms, undefined, { signal }).catch(() => {})
  } finally {
    await database.freeDisk()
  }
}

export function getService({ services }: TrialShop, name: string): ServiceProcess {
  const service = services.find((each) => each.name === name)
  if (!service) throw new Error(`There is no service ${name}.`)
  return service
}

export function getDatabase({ databases }: TrialShop, name: Database): DatabaseServer {
  return name === 'order-db' ? databases.order : databases.product
}
