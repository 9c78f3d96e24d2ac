import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLogs } from './logs.ts'

it('a log is put aside at the next start, and while it is written once it has grown too large', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shop-logs-'))
  const first = openLogs(folder)
  const file = first.fileFor('order service')
  appendFileSync(file, 'first run')
  first.close()

  const second = openLogs(folder, { largestBytes: 10, everyMs: 10 })
  assert.equal(second.fileFor('order service'), file)
  assert.equal(second.fileFor('order service'), file)
  assert.equal(readFileSync(`${file}.1`, 'utf8'), 'first run')
  appendFileSync(file, 'second run, and rather long')
  for (let round = 0; round < 100 && readFileSync(file, 'utf8') !== ''; round += 1) await sleep(10)
  appendFileSync(file, 'more')

  assert.equal(readFileSync(`${file}.1`, 'utf8'), 'second run, and rather long')
  assert.equal(readFileSync(file, 'utf8'), 'more')
  second.close()
  rmSync(folder, { recursive: true })
})
