import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startHistory } from '../history.ts'
import { findFixedPorts } from './fixed-ports.ts'
import { startServiceProcess } from './service-process.ts'

/** Passes a point with each request, and answers with how long that took and with the time of day. */
const program = `
import { createServer } from 'node:http'
const server = createServer(async (request, response) => {
  const began = performance.now()
  await globalThis.torture.reach('answering', { path: request.url })
  response.end(JSON.stringify({ ms: performance.now() - began, now: Date.now(), date: +new Date(), year: new Date(0).getFullYear() }))
})
server.listen(process.env.PORT, '127.0.0.1', () => console.log('{"msg":"started"}'))
process.on('SIGTERM', () => process.exit(process.env.CODE ?? 0))
`

const home = mkdtempSync(join(tmpdir(), 'tallyshop-service-'))
const main = join(home, 'main.mjs')
writeFileSync(main, program)
const history = startHistory()
const [port = 0] = await findFixedPorts(1)
const service = await startServiceProcess({
  name: 'order-1',
  kind: 'order',
  main,
  port,
  variables: { PATH: process.env.PATH ?? '' },
  logFile: join(home, 'log'),
  history,
  restartAfterMs: () => 20,
})
after(async () => {
  await service.stop()
  rmSync(home, { recursive: true, force: true })
})
beforeEach(() => service.start())

async function ask(path = '/'): Promise<{ ms: number; now: number; date: number; year: number }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5_000) })
  return (await response.json()) as never
}

test('a service dies at the point for which it was armed, and comes back on its port', async () => {
  const { pid } = service
  const armed = service.arm('answering', { action: 'kill' }, { withinMs: 5_000 })
  await assert.rejects(ask('/fatal'))
  assert.deepEqual(await armed, { path: '/fatal' })
  await service.start()
  await ask()
  assert.notEqual(service.pid, pid)
  const exit = history.events.findLast(({ type }) => type === 'exit')
  assert.deepEqual(exit && { ...exit, at: 0 }, {
    at: 0,
    type: 'exit',
    on: 'order-1',
    how: 'SIGKILL',
    asked: true,
  })
})

test('what was armed waits for the next life where this one is killed before', async () => {
  const armed = service.arm('answering', { action: 'count' }, { withinMs: 5_000 })
  await service.kill()
  await service.start()
  await ask('/later')
  assert.deepEqual(await armed, { path: '/later' })
})

test('a point holds whoever passes it, for a time or until something was done, and only those that fit', async () => {
  const held = service.arm(
    'answering',
    { action: 'hold', ms: 1_000 },
    { withinMs: 5_000, fits: { path: '/held' } },
  )
  assert.ok((await ask('/other')).ms < 990)
  assert.ok((await ask('/held')).ms >= 990)
  await held

  let done = false
  const until = async () => {
    await sleep(100)
    done = true
  }
  const waited = service.arm('answering', { action: 'hold_until', until, mostMs: 5_000 }, { withinMs: 5_000 })
  const { ms } = await ask()
  assert.ok(done && ms >= 90 && ms < 4_000, `${ms} ms`)
  await waited

  const never = service.arm(
    'answering',
    { action: 'hold_until', until: () => new Promise(() => {}), mostMs: 100 },
    { withinMs: 5_000 },
  )
  assert.ok((await ask()).ms < 4_000)
  await never
})

test('an arm that is not met is disarmed', async () => {
  assert.equal(await service.arm('answering', { action: 'kill' }, { withinMs: 50 }), undefined)
  const { pid } = service
  await ask()
  assert.equal(service.pid, pid)
})

test('what passed each point is counted, over all lives', async () => {
  await sleep(300)
  const { answering: before = 0 } = service.reached()
  await ask()
  await sleep(300)
  await service.kill()
  await service.start()
  await ask()
  await sleep(300)
  assert.equal(service.reached().answering, before + 2)
})

test('the wall clock is off as told, also in the next life, and right again when told', async () => {
  const isOff = async (byMs: number) => {
    const { now, date, year } = await ask()
    return [now, date].every((time) => Math.abs(time - Date.now() - byMs) < 5_000) && year === 1970
  }
  service.setClock(-3_600_000)
  assert.ok(await isOff(-3_600_000))
  await service.kill()
  await service.start()
  assert.ok(await isOff(-3_600_000))
  service.setClock(0)
  assert.ok(await isOff(0))
})

test('a paused service answers nothing meanwhile, and then goes on', async () => {
  const paused = service.pause(400)
  const began = performance.now()
  await ask()
  assert.ok(performance.now() - began >= 350)
  await paused
})

test('a restart in good order tells the exit code, and the service is back', async () => {
  const { code, ms } = await service.restart()
  assert.equal(code, 0)
  assert.ok(ms < 5_000)
  await ask()
  assert.ok((service.megabytes() ?? 1) > 0)
})
