import assert from 'node:assert/strict'
import { test } from 'node:test'
import { captureLog } from '../test-support/log-lines.ts'

const line = (write: (log: ReturnType<typeof captureLog>['log']) => void) => {
  const { log, lines } = captureLog('shop')
  write(log)
  assert.equal(lines.length, 1)
  return { text: String(lines[0]), event: JSON.parse(String(lines[0])) }
}

test('an event is one JSON line with its service and an ISO time', () => {
  const { event, text } = line((log) => log.info({ order_id: 7 }, 'placed'))
  assert.deepEqual([event.service, event.order_id, event.msg], ['shop', 7, 'placed'])
  assert.equal(new Date(event.time).toISOString(), event.time)
  assert.ok(text.endsWith('}\n'))
})

test('an error is its name, code, message, stack and cause, and nothing that hangs on it', () => {
  const cause = new Error('https://x.example/a?sv=1&sig=SECRETSIG&se=2')
  const error = Object.assign(new Error('GET http://x/a?sig=SECRETSIG failed', { cause }), {
    code: 'E1',
    request: { url: 'http://x/a?sig=SECRETSIG', headers: { authorization: 'SECRETKEY' } },
  })
  const { event, text } = line((log) => log.error({ err: error }, 'failed'))
  assert.deepEqual(Object.keys(event.err).sort(), ['causes', 'code', 'message', 'stack', 'type'])
  assert.equal(event.err.message, 'GET http://x/a?sig=[redacted] failed')
  assert.equal(event.err.causes.length, 1)
  assert.doesNotMatch(text, /SECRET/)
})

test('an error is told with all that led to it', () => {
  const error = new Error('a', { cause: new Error('b', { cause: new Error('c') }) })
  assert.deepEqual(line((log) => log.error({ err: error })).event.err.causes, ['Error: b', 'Error: c'])
})

test('what is no error is told without its signature', () => {
  assert.doesNotMatch(line((log) => log.error({ err: 'http://x/?a=1&sig=SECRET' })).text, /SECRET/)
})

test('what may hold a credential is blanked', () => {
  const headers = { authorization: 'Bearer SECRET', host: 'x' }
  for (const fields of [
    { headers },
    { req: { headers } },
    { authorization: 'SECRET' },
    { blob: { sas: 'SECRET' } },
  ]) {
    const { text } = line((log) => log.info(fields, 'x'))
    assert.doesNotMatch(text, /SECRET/)
    assert.match(text, /\[redacted\]/)
  }
})
