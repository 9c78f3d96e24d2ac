import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RunningProcess, startProcess } from '../src/child-process.ts'
import { startPostgres } from '../src/postgres.ts'

describe('a database starts', () => {
  const home = mkdtempSync(join(tmpdir(), 'shop-start-'))
  const begun: RunningProcess[] = []
  after(async () => {
    await Promise.all(begun.map((child) => child.stop(3000)))
    rmSync(home, { recursive: true })
  })
  const folder = join(home, 'data')
  const start = async () => {
    const names = { name: 'test database', database: 'test', password: 'postgres' }
    const server = await startPostgres(
      { ...names, folder, logFile: join(home, 'log'), durable: false },
      (spec) => {
        const child = startProcess(spec)
        begun.push(child)
        return child
      },
    )
    return server
  }

  it('for the first time, whatever an attempt that was killed has left', async () => {
    mkdirSync(join(`${folder}.new`, 'data', 'base'), { recursive: true })
    writeFileSync(join(`${folder}.new`, 'data', 'PG_VERSION'), '15\n')
    const server = await start()
    assert.equal(server.created, true)
    assert.deepEqual(readdirSync(home).sort(), ['data', 'log'])
    await server.process.stop(3000)
  })

  it('at once after its server was killed', async () => {
    const killed = await start()
    assert.equal(killed.created, false)
    process.kill(killed.process.pid, 'SIGKILL')
    await killed.process.ended
    await (await start()).process.stop(3000)
  })

  it('when another program has got the number of a server that died', async () => {
    const other = spawn('sleep', ['60'])
    const lines = [other.pid, folder, 1700000000, 5432, '', '127.0.0.1', '', 'ready   ', '']
    writeFileSync(join(folder, 'postmaster.pid'), lines.join('\n'))
    await (await start()).process.stop(3000)
    assert.equal(other.exitCode ?? other.signalCode, null)
    other.kill()
  })

  it('when the server that died is defunct: ended, and never asked for by its parent', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'])
    const [pid] = await once(parent.stdout, 'data')
    await sleep(300)
    const lines = [String(pid).trim(), folder, 1700000000, 5432, '', '127.0.0.1', '', 'ready   ', '']
    writeFileSync(join(folder, 'postmaster.pid'), lines.join('\n'))
    await (await start()).process.stop(3000)
    parent.kill()
  })

  it('on the data of a server that nobody stopped, and ends that one in good order', async () => {
    const forgotten = await start()
    const next = await start()
    assert.equal(await forgotten.process.ended, 'exit code 0')
    await next.process.stop(3000)
  })
})
