import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findRunningShop, type RunningShop, takeLock } from '../src/lock.ts'

const lockModule = fileURLToPath(new URL('../src/lock.ts', import.meta.url))
const database = { host: '127.0.0.1', port: 1, user: 'postgres', password: 'postgres', database: 'products' }
const shop: RunningShop = {
  urls: { shop: 'http://a', product: 'http://b', order: 'http://c' },
  productDatabase: database,
  orderDatabase: database,
}

describe('the lock on a data folder', () => {
  const home = mkdtempSync(join(tmpdir(), 'shop-lock-'))
  after(() => rmSync(home, { recursive: true }))
  const makeFolder = (name: string) => {
    mkdirSync(join(home, name), { recursive: true })
    return join(home, name)
  }

  for (const name of ['short', `${'a folder with a long name/'.repeat(12)}data`]) {
    it(`is held by one, tells about the shop, and is free again (${name.length} characters)`, async () => {
      const folder = makeFolder(name)
      const lock = await takeLock(folder)
      await assert.rejects(takeLock(folder), /already runs on the data/)
      assert.equal(await findRunningShop(folder), undefined)
      lock.tell(shop)
      assert.deepEqual(await findRunningShop(folder), shop)
      await lock.release()
      assert.equal(await findRunningShop(folder), undefined)
      await (await takeLock(folder)).release()
    })
  }

  it('is taken over from a launcher that was killed, by one of several that try at once', async () => {
    const folder = makeFolder('killed')
    await holdElsewhere(folder, 'SIGKILL')
    assert.deepEqual(readdirSync(folder), ['launcher.sock'])

    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(folder)))

    const held = tries.filter((one) => one.status === 'fulfilled')
    assert.equal(held.length, 1)
    await held[0]?.value.release()
    assert.deepEqual(readdirSync(folder), [])
  })

  it('is not taken from a launcher that is suspended', async () => {
    const folder = makeFolder('suspended')
    const other = await holdElsewhere(folder, 'SIGSTOP')
    await assert.rejects(takeLock(folder), /already runs on the data/)
    other.kill('SIGKILL')
  })
})

/** Another process takes the lock and then gets a signal. */
async function holdElsewhere(folder: string, signal: NodeJS.Signals) {
  const script = `const { takeLock } = await import(${JSON.stringify(lockModule)})
    await takeLock(${JSON.stringify(folder)})
    console.log('held')
    setTimeout(() => {}, 20_000)`
  const other = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(other.stdout, 'data')
  other.kill(signal)
  if (signal === 'SIGKILL') await once(other, 'exit')
  return other
}
