import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultGroups, makePlan, type Step, windows } from './plan.ts'

const groups = [...faultGroups]

test('a seed gives the same plan again, and another seed another', () => {
  assert.deepEqual(makePlan(7, 300, groups), makePlan(7, 300, groups))
  assert.notDeepEqual(makePlan(7, 300, groups), makePlan(8, 300, groups))
})

test('half an hour kills PostgreSQL more than a hundred times and aims at each window at least twenty times', () => {
  const plan = makePlan(1, 1_800, groups)
  const count = (wanted: (step: Step) => boolean) => plan.filter(wanted).length
  assert.ok(count(({ fault }) => fault === 'kill postgres') >= 100)
  for (const window of windows) {
    const aimed =
      window === 'clock jumps'
        ? count(({ fault }) => fault === 'clock')
        : count((step) => step.fault === 'window' && step.window === window)
    // One such fault holds up a dozen orders, each of which is a hit.
    assert.ok(aimed >= (window === 'abandon meets a late PUT' ? 10 : 20), `${window}: ${aimed}`)
  }
})

test('only what was asked for is done, in time and in order', () => {
  const plan = makePlan(3, 90, ['clock', 'rolling'])
  assert.deepEqual([...new Set(plan.map(({ fault }) => fault))].sort(), ['clock', 'rolling restart'])
  assert.deepEqual(
    plan.map(({ at }) => at),
    plan.map(({ at }) => at).sort((a, b) => a - b),
  )
  assert.ok(plan.every(({ at }) => at < 90_000))
  assert.deepEqual(makePlan(3, 90, []), [])
})
