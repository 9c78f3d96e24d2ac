import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readArguments } from './arguments.ts'

test('minutes, requests and a seed are read, and what is left out is chosen', () => {
  const given = readArguments(['--minutes', '10', '--requests=500', '--seed', '0', '--keep-going'])
  assert.deepEqual(given, { minutes: 10, requests: 500, seed: 0, keepGoing: true })
  const { seed, ...rest } = readArguments([])
  assert.deepEqual(rest, { minutes: 1, requests: Number.MAX_SAFE_INTEGER, keepGoing: false })
  assert.ok(Number.isInteger(seed) && seed >= 0)
})

test('what cannot be is refused with exit code 2, before anything starts', () => {
  for (const bad of ['--minutes=0', '--minutes=', '--requests=1.5', '--seed=-1', '--sead=1', 'fast']) {
    assert.throws(() => readArguments([bad]), bad)
  }
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, [main, '--requests', 'many'], { encoding: 'utf8' })
  assert.equal(status, 2)
  assert.match(stderr, /^--requests must be a number above 0/)
})
