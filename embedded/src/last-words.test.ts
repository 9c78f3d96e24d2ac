import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { findLastWords } from './last-words.ts'

const folder = mkdtempSync(join(tmpdir(), 'shop-words-'))
after(() => rmSync(folder, { recursive: true }))

const logs: [what: string, log: string, words: string | undefined][] = [
  [
    'a service that logs JSON',
    '{"level":30,"msg":"started"}\n{"level":60,"err":{"message":"connect ECONNREFUSED"},"msg":"service failed"}\n{"level":30,"msg":"x"}\n',
    'connect ECONNREFUSED',
  ],
  [
    'PostgreSQL',
    '2026-01-01 10:00:00 UTC [7] FATAL:  data directory "/d" has wrong ownership\n2026-01-01 10:00:00 UTC [7] HINT:  The server must be started by its owner.\n',
    'data directory "/d" has wrong ownership',
  ],
  [
    'Node with a stack',
    'file:///a.ts:1\nthrow new Error()\n\nError: Cannot find package "x"\n    at a (b.ts:1:1)\n\nNode.js v24.1.0\n',
    'Cannot find package "x"',
  ],
  [
    'a configuration that is refused',
    'PORT must be a number from 0 to 65535.\n',
    'PORT must be a number from 0 to 65535.',
  ],
  [
    'a configuration that is refused with an address in its sentence',
    'PUBLIC_URL must be a loopback address such as http://localhost:3000.\n',
    'PUBLIC_URL must be a loopback address such as http://localhost:3000.',
  ],
  ['a log in which nothing is wrong', '{"level":30,"msg":"stopping"}\nlistening on 127.0.0.1:5\n', undefined],
]

for (const [what, log, words] of logs) {
  it(`finds the last complaint of ${what}`, () => {
    const file = join(folder, 'log')
    writeFileSync(file, log)
    assert.equal(findLastWords(file), words)
  })
}
