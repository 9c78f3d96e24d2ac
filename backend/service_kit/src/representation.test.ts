import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ifNoneMatch, nextLink, tagOf } from './representation.ts'

test('a tag is quoted and follows the content', () => {
  assert.match(tagOf('a'), /^"[\w-]{27}"$/)
  assert.equal(tagOf('a'), tagOf('a'))
  assert.notEqual(tagOf('a'), tagOf('b'))
})

test('a representation is held when its tag is among those named, weak or not', () => {
  for (const header of ['"a"', 'W/"a"', '"b", "a"', '"b",W/"a"', '*'])
    assert.ok(ifNoneMatch(header, '"a"'), header)
  for (const header of [undefined, '', '"b"', 'a', '"aa"']) assert.ok(!ifNoneMatch(header, '"a"'), header)
})

test('the next page keeps the question, drops skip, and is encoded', () => {
  const link = nextLink({ skip: 5, limit: 2, search: 'a&b=ü', status: undefined }, 42)
  assert.equal(link, '<?limit=2&search=a%26b%3D%C3%BC&after=42>; rel="next"')
})
