import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import { photograph } from '../support/pictures.ts'
import { judgeProblem } from './attack.ts'
import { addressAt, type Door, openShop } from './shop.ts'

const shop = await openShop()
after(shop.close)
const picture = await photograph(40, 30)

const names = [
  ...[
    '../../x.jpg',
    '..\\..\\x.jpg',
    '/etc/passwd',
    'C:\\x.jpg',
    '%2e%2e%2fx.jpg',
    '~/.ssh/x',
    'a\0.jpg',
    '.',
    '..',
    'CON',
  ],
  ...[
    'a".jpg',
    "a'.jpg",
    'a\\".jpg',
    'a; filename=b.html',
    '<script>alert(1)</script>.jpg',
    '$(reboot).jpg',
    '\u202egpj.exe',
  ],
  ...[
    'x'.repeat(50_000),
    'a.jpg\r\nContent-Type: text/html',
    'a\nb',
    'a\rb',
    '\xff\xfe',
    '__proto__',
    'products/1/x-main.webp',
  ],
]

for (const door of shop.doors.filter(({ service }) => service === 'product')) {
  test(`a picture is stored under a name of ours, or refused, whatever its file is called, ${door.name}`, async () => {
    let stored = 0
    for (const name of names) {
      const before = await shop.rows()
      const answer = await upload(door, name)
      if (answer.status === 200) {
        assert.match(new URL(answer.body.image_url).pathname, /\/products\/1\/[\da-f-]{36}-\w+\.webp$/, name)
        stored++
        continue
      }
      assert.deepEqual([answer.status, judgeProblem(answer)], [400, []], name)
      assert.deepEqual(await shop.rows(), before, name)
    }
    assert.ok(stored > names.length / 2, `only ${stored}`)
    assert.equal((await upload(door, 'vase.jpg')).status, 200)
  })
}

test('no name of a file is an error of ours, or in the log', () => {
  assert.deepEqual(
    shop.logLines.filter((line) => JSON.parse(line).level >= 50 || /passwd|alert\(1\)|\.jpg/.test(line)),
    [],
  )
})

/** A form written by hand: a browser would not send most of these names as they are. */
function upload(door: Door, name: string) {
  const disposition = `Content-Disposition: form-data; name="file"; filename="${name}"`
  const form = Buffer.concat([
    Buffer.from(`--x\r\n${disposition}\r\nContent-Type: image/jpeg\r\n\r\n`, 'latin1'),
    picture,
    Buffer.from('\r\n--x--\r\n'),
  ])
  const headers = { 'content-type': 'multipart/form-data; boundary=x' }
  return createClient(door.url).send('POST', addressAt(door, '/products/1/upload-image'), form, headers)
}
