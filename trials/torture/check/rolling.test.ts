import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HistoryEvent, OperationKind } from '../history.ts'
import { Deeds } from './deeds.ts'
import { judgeRolling } from './rolling.ts'

const rolling = { type: 'fault', fault: 'rolling', on: 'all services' } as const

/** A request of an operation of its own, from one moment to another. */
function request(
  call: number,
  from: number,
  until: number,
  outcome: { status: number; code?: string } | { error: string },
  kind: OperationKind = 'read',
) {
  const sent = {
    type: 'call',
    call,
    operation: call,
    kind,
    client: 1,
    method: 'GET',
    path: '/',
  } as const
  const ended =
    'error' in outcome
      ? ({ type: 'no_answer', ...outcome } as const)
      : ({ type: 'answer', ...outcome } as const)
  return [
    { at: from, ...sent },
    { at: until, call, ...ended },
  ] satisfies HistoryEvent[]
}

function found(...requests: HistoryEvent[][]): string[] {
  const events: HistoryEvent[] = [
    { at: 1_000, phase: 'begin' as const, ...rolling },
    { at: 5_000, phase: 'end' as const, ...rolling },
    ...requests.flat(),
  ].sort((a, b) => a.at - b.at)
  const deeds = new Deeds({ events }).update()
  const details: string[] = []
  judgeRolling(deeds.all(), deeds.others, (_check, detail) => details.push(detail))
  return details
}

test('a request that fails amid a rolling restart is found, reset or refused', () => {
  assert.deepEqual(found(request(1, 2_000, 2_010, { error: 'ECONNRESET' })), [
    'Operation 1 (read) at 2000 ms: ECONNRESET.',
  ])
  assert.equal(found(request(1, 2_000, 2_010, { status: 503 })).length, 1)
})

test('an upload that a stop did not wait for is not, where it was waited for', () => {
  const refused = { status: 503, code: 'overloaded' }
  assert.deepEqual(found(request(1, 1_500, 4_600, refused, 'upload')), [])
  assert.equal(found(request(1, 1_500, 4_400, refused, 'upload')).length, 1)
  assert.equal(found(request(1, 1_500, 4_600, refused)).length, 1)
})

test('answers, and what began before it or ended after it, are not', () => {
  const fine = request(1, 2_000, 2_010, { status: 200 })
  const before = request(2, 900, 1_100, { error: 'ECONNRESET' })
  const after = request(3, 4_990, 5_010, { error: 'ECONNRESET' })
  assert.deepEqual(found(fine, before, after), [])
})
