import type { Database, Step } from '../plan.ts'
import type { DatabaseServer } from '../shop/database-server.ts'
import type { ServiceProcess } from '../shop/service-process.ts'
import type { TrialShop } from '../shop/shop.ts'
import { wait } from '../wait.ts'
import type { Site } from './carry-out.ts'

type StepOf<Fault extends Step['fault']> = Step & { fault: Fault }

export async function killService({ on }: StepOf<'kill service'>, { shop }: Site): Promise<boolean> {
  return getService(shop, on).kill()
}

export async function killDatabase({ on }: StepOf<'kill postgres'>, { shop }: Site): Promise<boolean> {
  return getDatabase(shop, on).kill()
}

/** One backend by SIGKILL: the server ends all others and recovers. */
export async function killBackend({ on }: StepOf<'kill backend'>, { shop, history }: Site): Promise<boolean> {
  if (!(await getDatabase(shop, on).killBackend())) return false
  history.record({ type: 'exit', on: `${on} backend`, how: 'SIGKILL', asked: true })
  return true
}

/** Some connections, as an administrator or a failover ends them. */
export async function endBackends({ on }: StepOf<'end backends'>, { shop }: Site): Promise<boolean> {
  return (await getDatabase(shop, on).terminateBackend()) > 0
}

export async function pause({ on, ms }: StepOf<'pause'>, { shop }: Site): Promise<boolean> {
  const paused = on.endsWith('-db') ? getDatabase(shop, on as Database) : getService(shop, on)
  return paused.pause(ms)
}

/** The wall clock of one process an hour off, forward or back, for a while; and back again. */
export async function jumpClock(
  { on, ms, byMs }: StepOf<'clock'>,
  { shop, history, signal }: Site,
): Promise<boolean> {
  const service = getService(shop, on)
  if (!service.isRunning()) return false
  service.setClock(byMs)
  history.record({ type: 'window', window: 'clock jumps', on })
  await wait(ms, signal)
  service.setClock(0)
  return true
}

/** Not a byte is left for a database to write, for a while. Not done where no disk may be mounted. */
export async function fillDisk({ on, ms }: StepOf<'disk full'>, { shop, signal }: Site): Promise<boolean> {
  const database = getDatabase(shop, on)
  if (!database.canFillDisk) return false
  await database.fillDisk()
  try {
    await wait(ms, signal)
  } finally {
    await database.freeDisk()
  }
  return true
}

export function getService({ services }: TrialShop, name: string): ServiceProcess {
  const service = services.find((each) => each.name === name)
  if (!service) throw new Error(`There is no service ${name}.`)
  return service
}

export function getDatabase({ databases }: TrialShop, name: Database): DatabaseServer {
  return name === 'order-db' ? databases.order : databases.product
}
