import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readOperations } from './contracts.ts'
import { makePlan, type Plan } from './plan.ts'
import type { PlannedRequest } from './planned-request.ts'

const operations = readOperations()
const some = 1_500

const firstOf = (plan: Plan) => Array.from({ length: some }, (_, index) => plan.requestAt(index))

test('a seed gives the same requests again, whoever asks for which of them first', async () => {
  const [one, two, other] = await Promise.all([7, 7, 8].map((seed) => makePlan(seed, operations)))
  assert.ok(one && two && other)
  const requests = firstOf(one)
  const backwards = Array.from({ length: some }, (_, index) => two.requestAt(some - 1 - index)).reverse()
  assert.deepEqual(backwards, requests)
  assert.notDeepEqual(firstOf(other), requests)
})

test('shrinking begins with the request that failed, and ends with a smaller one', async () => {
  const plan = await makePlan(7, operations)
  const index = firstOf(plan).findIndex(({ body = '' }) => body.length > 200)
  const tried: PlannedRequest[] = []
  const isFine = async (request: PlannedRequest) => {
    tried.push(request)
    return (request.body ?? '').length <= 200
  }
  const property = fc.asyncProperty(plan.arbitraryAt(index), isFine)
  const { counterexample } = await fc.check(property, { seed: plan.sampleSeed(index), numRuns: 1 })
  assert.deepEqual(tried[0], plan.requestAt(index))
  const least = counterexample?.[0].body?.length ?? 0
  assert.ok(least > 200 && least <= (tried[0]?.body?.length ?? 0), `${least} characters`)
})

test('every operation is asked for, rightly and wrongly', async () => {
  const requests = firstOf(await makePlan(7, operations))
  for (const { name, body, parameters } of operations) {
    const own = requests.filter(({ operation }) => operation?.name === name)
    assert.ok(own.length >= 3, `${name}: ${own.length} requests`)
    if (!body && parameters.length === 0) continue
    const verdicts = new Set(own.map(({ verdict }) => verdict))
    assert.ok(
      verdicts.has('invalid') || body?.type === 'multipart/form-data',
      `${name} is never asked wrongly`,
    )
    assert.ok(verdicts.has('valid') || body?.type === 'multipart/form-data', `${name} is never asked rightly`)
  }
})
