import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readArguments } from './arguments.ts'
import { faultGroups } from './plan.ts'

test('what is not given has its default, and the seed is drawn', () => {
  const { seed, ...rest } = readArguments([])
  assert.ok(Number.isSafeInteger(seed))
  assert.deepEqual(rest, {
    seconds: 60,
    clients: 24,
    faults: [...faultGroups],
    atLeast: { orders: 1, deaths: 0, hits: 0 },
    replay: undefined,
    mutants: undefined,
  })
})

test('groups of faults are chosen by name, or none', () => {
  assert.deepEqual(readArguments(['--faults', 'kill,clock']).faults, ['kill', 'clock'])
  assert.deepEqual(readArguments(['--faults', 'none']).faults, [])
  assert.deepEqual(readArguments(['--mutants', 'lock', 'key']).mutants, ['lock', 'key'])
})

for (const [args, complaint] of [
  [['--seconds', '0'], /--seconds must be a whole number from 5/],
  [['--seconds', '1e3'], /--seconds/],
  [['--clients', '65'], /--clients/],
  [['--faults', 'kill,lightning'], /lightning is none of kill, /],
  [['--faster'], /--faster/],
  [['kill'], /kill is not understood/],
] as const) {
  test(`${args.join(' ')} is refused in words`, () => {
    assert.throws(() => readArguments([...args]), complaint)
  })
}
