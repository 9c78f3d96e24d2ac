import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigurationError, EnvironmentReader, readEnvironment } from './environment.ts'

const read = (environment: Record<string, string>) => new EnvironmentReader(environment)

describe('a setting', () => {
  test('that is empty or blank counts as unset', () => {
    const reader = read({ EMPTY: '', BLANK: '  ', SET: ' x ' })
    assert.deepEqual(
      [reader.text('EMPTY', 'a'), reader.text('BLANK', 'b'), reader.text('SET')],
      ['a', 'b', 'x'],
    )
    assert.deepEqual([reader.optional('EMPTY'), reader.optional('NONE')], [undefined, undefined])
    assert.deepEqual(reader.faults, [])
  })

  test('that is missing and needed is a fault', () => {
    const reader = read({})
    reader.text('NAME')
    reader.secret('SECRET')
    assert.deepEqual(reader.faults, ['NAME is missing.', 'SECRET is missing.'])
  })

  test('is a number within its bounds or a fault', () => {
    assert.equal(read({ N: '1.5' }).number('N', 0), 1.5)
    assert.equal(read({}).integer('N', 7, { min: 1 }), 7)
    for (const N of ['x', 'NaN', 'Infinity', '0', '11', '1 2']) {
      const reader = read({ N })
      reader.number('N', 5, { min: 1, max: 10 })
      assert.deepEqual(reader.faults, ['N must be a number from 1 to 10.'], N)
    }
    const reader = read({ N: '1.5' })
    reader.integer('N', 5)
    assert.deepEqual(reader.faults, ['N must be a whole number.'])
  })

  test('is one of its choices or a fault', () => {
    assert.equal(read({ F: 'true' }).flag('F', false), true)
    assert.equal(read({}).flag('F', true), true)
    const reader = read({ F: 'yes' })
    reader.flag('F', false)
    assert.deepEqual(reader.faults, ['F must be one of: true, false.'])
  })

  test('is an address without the slash at its end, or a fault', () => {
    assert.equal(read({ U: 'https://a.example/b//' }).url('U'), 'https://a.example/b')
    for (const U of ['a.example', 'ftp://a', '/x', 'javascript:1']) {
      const reader = read({ U })
      reader.url('U')
      assert.deepEqual(reader.faults, ['U must be an absolute http(s) URL.'], U)
    }
  })

  test('that is a secret is not told', () => {
    const reader = read({ SECRET: 'hunter2' })
    reader.secret('SECRET')
    assert.deepEqual(reader.faults, ['SECRET must have at least 16 characters.'])
  })

  test('that is a secret everyone can read serves where the shop is on this machine alone', () => {
    const known = 'laptop-only-and-known-to-everyone'
    const elsewhere = ['https://shop.example', 'http://10.0.0.1:3000', 'shop.example']
    for (const SECRET of [known, Buffer.from(known).toString('base64')]) {
      for (const PUBLIC_URL of ['', 'http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:3000']) {
        const reader = read({ SECRET, PUBLIC_URL })
        assert.equal(reader.secret('SECRET'), SECRET)
        assert.deepEqual(reader.faults, [], PUBLIC_URL)
      }
      for (const PUBLIC_URL of elsewhere) {
        const reader = read({ SECRET, PUBLIC_URL })
        reader.secret('SECRET')
        assert.match(reader.faults.join(), /^SECRET is the one of docker-compose.yml.+openssl rand -hex 32/)
        assert.ok(!reader.faults.join().includes(SECRET))
      }
    }
    const reader = read({ SECRET: 'b'.repeat(64), PUBLIC_URL: 'https://shop.example' })
    reader.secret('SECRET')
    assert.deepEqual(reader.faults, [])
  })
})

describe('a configuration', () => {
  test('cannot be changed afterwards', () => {
    const config = readEnvironment({ A: 'x' }, (reader) => ({ a: reader.text('A') }))
    assert.ok(Object.isFrozen(config))
  })

  test('with faults names all of them together', () => {
    assert.throws(
      () => readEnvironment({}, (reader) => ({ a: reader.text('A'), b: reader.text('B') })),
      (error) => error instanceof ConfigurationError && error.message === 'A is missing.\nB is missing.',
    )
  })
})
