import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { Findings } from './finding.ts'
import { judgeLogs } from './logs.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyshop-logs-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const token = 'tok_en-of_an_order-0123456789012345678901234'
const forbidden = { secrets: ['s3cret'], tokens: new Set([token]) }

async function checksIn(line: string): Promise<string[]> {
  const findings = new Findings()
  appendFileSync(join(folder, 'log'), `{"level":30,"msg":"started"}\n${line}\n`)
  await judgeLogs([join(folder, 'log'), join(folder, 'none')], forbidden, findings.add)
  return findings.list().map(({ check }) => check)
}

const request = (status: number) =>
  `{"level":30,"service":"order-service","method":"GET","route":"/orders","status":${status},"ms":3,"msg":"request"}`

const lines: [string, string, string[]][] = [
  ['a request that was answered', request(200), []],
  ['a request that cannot be served for now', request(503), []],
  ['a request that failed', request(500), ['unexpected 5xx']],
  ['a deadlock', '2026-01-01 ERROR:  deadlock detected', ['deadlocks']],
  ['an error that nobody caught', '{"level":60,"msg":"uncaught error"}', ['unhandled']],
  ['a rejection that nobody heard of', '[UnhandledPromiseRejection: no]', ['unhandled']],
  ['a secret', '{"url":"postgres://postgres:s3cret@localhost"}', ['secrets']],
  ['a signed address', 'GET /blobs/a.webp?sv=1&sig=abc%3D', ['secrets']],
  ['a signed address whose signature is blanked', 'GET /blobs/a.webp?sig=[redacted]', []],
  ['the token of an order', `{"order_token":"${token}"}`, ['secrets']],
]

for (const [title, line, checks] of lines) {
  test(`${title} in a log: ${checks[0] ?? 'fine'}`, async () => {
    assert.deepEqual(await checksIn(line), checks)
  })
}

test('what is found in a log does not tell the secret again', async () => {
  const findings = new Findings()
  appendFileSync(join(folder, 'log'), `${'-'.repeat(100)} s3cret\n`)
  await judgeLogs([join(folder, 'log')], forbidden, findings.add)
  assert.equal(findings.list().length, 1)
  assert.doesNotMatch(JSON.stringify(findings.list()), /s3cret/)
})

test('a second look goes on where the first one ended', async () => {
  const positions = new Map<string, number>()
  const file = join(folder, 'log')
  const look = async () => {
    const findings = new Findings()
    await judgeLogs([file], forbidden, findings.add, positions)
    return findings.list().length
  }
  appendFileSync(file, `${request(500)}\n`)
  const first = await look()
  appendFileSync(file, `${request(200)}\n`)
  const second = await look()
  appendFileSync(file, `${request(500)}\n${request(502)}\n`)
  assert.deepEqual([first, second, await look()], [1, 0, 2])
})
