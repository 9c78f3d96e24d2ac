import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { makePatchedBackend, type Patch } from '../shop/patched-backend.ts'
import { crashPoints } from './crash-points.ts'
import { hurried } from './hurried.ts'
import { mutants } from './mutants.ts'

const home = mkdtempSync(join(tmpdir(), 'tallyshop-patches-'))
after(() => rmSync(home, { recursive: true, force: true }))
let copies = 0

function patched(patches: Patch[]) {
  copies += 1
  return makePatchedBackend(join(home, String(copies)), patches)
}

const always = [crashPoints, hurried]

test('the patches of every trial find each of their texts once in the services of today', async () => {
  const { folder } = await patched(always)
  const source = readFileSync(join(folder, 'backend/order_service/src/postgres/placements.ts'), 'utf8')
  assert.match(source, /reach\('before the intent'/)
  assert.match(source, /leaseSeconds = 4\n/)
})

for (const mutant of mutants) {
  test(`the mutant "${mutant.name}" finds each of its texts once`, async () => {
    await patched([...always, mutant])
  })
}

test('crash points only add to the source', () => {
  for (const { find, replace } of crashPoints.edits) assert.ok(replace.includes(find), find)
})

for (const [count, find] of [
  [0, 'text that no service has'],
  [2, 'import { '],
] as const) {
  test(`a text that occurs ${count || 'no'} times is refused with the patch's name`, async () => {
    const file = 'order_service/src/service.ts'
    const patch = { name: 'odd one', about: '', edits: [{ file, find, replace: '' }] }
    await assert.rejects(patched([patch]), ({ message }: Error) => {
      assert.match(
        message,
        /^The patch "odd one" finds its text \d+ times in order_service\/src\/service\.ts/,
      )
      return !message.includes(' 1 times')
    })
  })
}
