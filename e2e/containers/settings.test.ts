import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { photograph, pictureForm } from '../support/pictures.ts'
import { type Account, countCallers, startAccount } from './support/account.ts'
import { compose, docker, tryCompose } from './support/docker.ts'
import { untilHealthyAgain } from './support/faults.ts'
import { containerNames } from './support/project.ts'
import { bringUp, shop } from './support/shop.ts'

let account: Account | undefined

before(() => bringUp())
after(() => account?.remove())

for (const [service, secrets] of [
  ['product_service', ['SERVICE_AUTH_SECRET', 'AZURITE_ACCOUNT_KEY']],
  ['order_service', ['SERVICE_AUTH_SECRET', 'ORDER_TOKEN_SECRET']],
] as const) {
  test(`${service} refuses the secrets of docker-compose.yml where PUBLIC_URL is not this machine`, async () => {
    const environment = { PUBLIC_URL: 'https://shop.example' }
    const { code, out, errors } = await tryCompose(['run', '--rm', '--no-deps', service], { environment })
    assert.equal(code, 1, out + errors)
    for (const secret of secrets) {
      assert.match(
        out + errors,
        new RegExp(`^${secret} is the one of docker-compose\\.yml, which everyone can read`, 'm'),
      )
    }
  })
}

test('with an account in .env pictures go there and come from there, and Azurite is asked nothing', {
  timeout: 120_000,
}, async () => {
  account = await startAccount()
  const { body: product } = await shop.post('/api/products/', { name: 'Urn', price: 60, stock_quantity: 1 })
  const path = `/api/products/${product.product_id}`
  await docker(['pause', containerNames.azurite])
  const callers = await countCallers()
  await bringUp(['--no-deps', 'product_service', 'frontend'], { environment: account.settings })

  const uploaded = await shop.post(`${path}/upload-image`, pictureForm(await photograph(900, 600)))
  assert.equal(uploaded.status, 200, uploaded.text)
  const { body } = await shop.get(path)
  assert.ok(body.image_url.startsWith(`${account.publicEndpoint}/product-images/`))
  const image = await fetch(body.image_url, { signal: AbortSignal.timeout(10_000) })
  assert.deepEqual([image.status, image.headers.get('content-type')], [200, 'image/webp'])
  assert.equal(await countCallers(), callers)

  const call = `await fetch('http://azurite:10000/', { signal: AbortSignal.timeout(1_000) }).catch(() => {})`
  await compose(['exec', '-T', 'product_service', 'node', '--input-type=module', '-'], { input: call })
  assert.ok((await countCallers()) > callers, 'the count does not tell who calls')
})

test('an account whose endpoint names it in the path, as another Azurite does, is reached through the front', {
  timeout: 60_000,
}, async () => {
  assert.ok(account)
  const environment = { ...account.settings, AZURE_STORAGE_PUBLIC_ENDPOINT: '' }
  await bringUp(['--no-deps', 'product_service', 'frontend'], { environment })
  const { body } = await shop.get('/api/products/')
  const { image_url: url } = body.find(({ name }: { name: string }) => name === 'Urn')
  assert.ok(url.startsWith('http://localhost:3000/blobs/product-images/'), url)
  const image = await fetch(url, { signal: AbortSignal.timeout(10_000) })
  assert.deepEqual([image.status, image.headers.get('content-type')], [200, 'image/webp'])
})

test('without it again, the pictures in Azurite are there', async () => {
  await docker(['unpause', containerNames.azurite])
  await untilHealthyAgain('azurite')
  await bringUp()
  const { body } = await shop.post('/api/products/', { name: 'Vat', price: 90, stock_quantity: 1 })
  const form = pictureForm(await photograph(300, 200))
  const uploaded = await shop.post(`/api/products/${body.product_id}/upload-image`, form)
  assert.equal(uploaded.status, 200, uploaded.text)
  assert.ok(uploaded.body.image_url.startsWith('http://localhost:3000/blobs/'), uploaded.body.image_url)
})
