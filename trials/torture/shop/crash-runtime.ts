/**
 * Loaded into each service by --import. Offers what the crash-point patches call, `torture.reach`, and sets the clock, as
 * the trial says over the IPC channel; when that closes, the trial is gone and this process ends.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Armed, Facts, FromService, ToService } from './crash-messages.ts'

const tellCountsMs = 200

const armed = new Map<number, Armed>()
const held = new Map<number, () => void>()
let counts: Record<string, number> = {}
let clockOffsetMs = 0

if (process.send) install()

function install(): void {
  shiftDates()
  Object.assign(globalThis, { torture: { reach } })
  process.on('message', (message) => obey(message as ToService))
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  // A service that has stopped must end, channel or not.
  process.channel?.unref()
  setInterval(tellCounts, tellCountsMs).unref()
  process.once('exit', tellCounts)
}

async function reach(point: string, facts: Facts): Promise<void> {
  counts[point] = (counts[point] ?? 0) + 1
  const met = [...armed.values()].find((each) => each.point === point && fitTo(facts, each.fits))
  if (!met) return
  armed.delete(met.id)
  if (met.action === 'kill') return die(met.id, facts)
  if (met.action !== 'hold_until') tell({ type: 'reached', id: met.id, facts })
  if (met.action === 'hold') await sleep(met.ms)
  if (met.action === 'hold_until') await untilTold(met.id, facts, met.mostMs)
}

/** Ends here, but for what is written already: the trial hears of it first. Never resolves. */
function die(id: number, facts: Facts): Promise<never> {
  tellCounts()
  tell({ type: 'reached', id, facts }, () => process.kill(process.pid, 'SIGKILL'))
  return new Promise(() => {})
}

async function untilTold(id: number, facts: Facts, mostMs: number): Promise<void> {
  const told = new AbortController()
  held.set(id, () => told.abort())
  tell({ type: 'reached', id, facts })
  await sleep(mostMs, undefined, { signal: told.signal }).catch(() => {})
  held.delete(id)
}

function obey(message: ToService): void {
  if (message.type === 'arm') armed.set(message.armed.id, message.armed)
  if (message.type === 'disarm') armed.delete(message.id)
  if (message.type === 'go') held.get(message.id)?.()
  if (message.type === 'clock') clockOffsetMs = message.offsetMs
}

function fitTo(facts: Facts, wanted: Facts = {}): boolean {
  return Object.entries(wanted).every(([name, value]) => facts[name] === value)
}

function tellCounts(): void {
  if (Object.keys(counts).length === 0) return
  tell({ type: 'counts', counts })
  counts = {}
}

function tell(message: FromService, told = () => {}): void {
  if (process.connected) process.send?.(message, told)
}

/** What asks for the time of day gets it as far off as the trial says; timers and performance.now() go on as they are. */
function shiftDates(): void {
  const RealDate = Date
  const now = () => RealDate.now() + clockOffsetMs
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  })
}
