import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { addProduct, type ShownProduct } from './products.ts'
import { type ScratchService, startScratchService } from './scratch-service.ts'

let service: ScratchService
const names = (body: ShownProduct[]) => body.map(({ name }) => name)
const list = async (query = '') => service.shop.get(`/products/${query}`)

before(async () => {
  service = await startScratchService()
  assert.deepEqual((await list()).body, [])
  for (let i = 1; i <= 7; i++) await addProduct(service.shop, { name: `Cup ${i}` })
})
after(() => service.stop())

describe('paging', () => {
  test('products come in the order of their ids, a hundred at most', async () => {
    const { body } = await list()
    const ids = body.map(({ product_id }: ShownProduct) => product_id)
    assert.deepEqual(
      ids,
      [...ids].sort((a, b) => a - b),
    )
    assert.equal(ids.length, 7)
  })

  test('skip and limit cut a window out of the list', async () => {
    assert.deepEqual(names((await list('?skip=2&limit=3')).body), ['Cup 3', 'Cup 4', 'Cup 5'])
    assert.deepEqual((await list('?skip=7')).body, [])
    assert.deepEqual((await list('?skip=2147483647&limit=1')).body, [])
  })

  test('following the Link header visits every product once and then ends', async () => {
    const seen: string[] = []
    let address: URL | undefined = new URL('/products/?limit=2&search=cup', 'http://shop')
    while (address) {
      const { body, headers } = await service.shop.get(address.pathname + address.search)
      seen.push(...names(body))
      const next: string | undefined = String(headers.link ?? '').match(/^<([^>]*)>; rel="next"$/)?.[1]
      assert.equal(next === undefined, body.at(-1).name === 'Cup 7')
      address = next === undefined ? undefined : new URL(next, address)
      assert.ok(seen.length <= 7)
    }
    assert.deepEqual(seen, ['Cup 1', 'Cup 2', 'Cup 3', 'Cup 4', 'Cup 5', 'Cup 6', 'Cup 7'])
  })

  test('a page that is full to the last product has no next one', async () => {
    assert.equal((await list('?limit=7')).headers.link, undefined)
    assert.ok((await list('?limit=6')).headers.link)
  })

  test('a hundred are shown where there are more', async () => {
    await service.sql`insert into products (name, price, stock_quantity)
      select 'Bulk', 1, 0 from generate_series(1, 100)`
    const { body, headers } = await list()
    assert.equal(body.length, 100)
    assert.match(String(headers.link), new RegExp(`after=${body.at(-1).product_id}>`))
    await service.sql`delete from products where name = 'Bulk'`
  })
})

describe('search', () => {
  before(async () => {
    await addProduct(service.shop, { name: 'Towel 100% cotton', description: 'SOFT as a_cloud' })
    await addProduct(service.shop, { name: 'Back\\slash', description: null })
    await addProduct(service.shop, { name: 'Größe', description: 'Straße' })
  })
  const search = async (text: string) => names((await list(`?search=${encodeURIComponent(text)}`)).body)

  test('it finds a part of a name or of a description, whatever the case', async () => {
    assert.deepEqual(await search('OWEL'), ['Towel 100% cotton'])
    assert.deepEqual(await search('soft'), ['Towel 100% cotton'])
    assert.deepEqual(await search('GRÖSSE'), [])
    assert.deepEqual(await search('gRÖß'), ['Größe'])
  })

  test('percent, underscore and backslash are letters like any other', async () => {
    assert.deepEqual(await search('%'), ['Towel 100% cotton'])
    assert.deepEqual(await search('_'), ['Towel 100% cotton'])
    assert.deepEqual(await search('\\'), ['Back\\slash'])
    assert.deepEqual(await search('0% c'), ['Towel 100% cotton'])
    assert.deepEqual(await search("'; drop table products; --"), [])
  })

  test('an empty search is no search, and a search is trimmed', async () => {
    assert.equal((await search('')).length, 10)
    assert.equal((await search('  ')).length, 10)
    assert.deepEqual(await search('  towel '), ['Towel 100% cotton'])
    assert.deepEqual(await search('x'.repeat(255)), [])
  })
})

describe('the entity tag of a list', () => {
  test('an unchanged list is answered with 304 and nothing else', async () => {
    const { etag } = (await list('?limit=2')).headers
    const again = await service.shop.get('/products?limit=2', { 'if-none-match': `"other", W/${etag}` })
    assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', etag])
  })

  test('a change in the page changes it, a change elsewhere does not', async () => {
    const { etag } = (await list('?limit=2')).headers
    await service.sql`update products set stock_quantity = 3 where name = 'Cup 7'`
    assert.equal((await list('?limit=2')).headers.etag, etag)
    await service.sql`update products set stock_quantity = 3 where name = 'Cup 1'`
    const changed = await service.shop.get('/products?limit=2', { 'if-none-match': String(etag) })
    assert.equal(changed.status, 200)
    assert.notEqual(changed.headers.etag, etag)
  })
})
