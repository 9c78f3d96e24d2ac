import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  createScratchDatabase,
  type ScratchDatabase,
  variablesFor,
} from '@tallyshop/service-kit/test-support/scratch-database'
import { type IdentityEndpoint, startIdentityEndpoint } from './support/identity-endpoint.ts'
import { photograph, pictureForm } from './support/pictures.ts'
import { type ProductProcess, startProductProcess } from './support/product-process.ts'
import { type SecureAzurite, startSecureAzurite } from './support/secure-azurite.ts'
import { until as eventually } from './support/until.ts'

const lifeMs = 8_000

let azurite: SecureAzurite
let identity: IdentityEndpoint
let database: ScratchDatabase
let service: ProductProcess
let photo: Buffer
let productId: number
before(async () => {
  ;[azurite, identity, database] = await Promise.all([
    startSecureAzurite(),
    startIdentityEndpoint(),
    createScratchDatabase(),
  ])
  photo = await photograph(60, 40)
  service = await startProductProcess(variables())
})
after(async () => {
  await service.stop()
  await Promise.all([azurite.stop(), identity.close(), database.drop()])
})

function variables(): Record<string, string> {
  return {
    ...variablesFor(database.config),
    SERVICE_AUTH_SECRET: 'sixteen letters or more',
    LOG_LEVEL: 'debug',
    AZURE_TOKEN_CREDENTIALS: 'prod',
    AZURE_STORAGE_ACCOUNT_NAME: azurite.accountName,
    AZURE_STORAGE_BLOB_ENDPOINT: azurite.endpoint,
    AZURE_STORAGE_PUBLIC_ENDPOINT: azurite.endpoint,
    AZURE_SAS_TOKEN_EXPIRY_HOURS: String(lifeMs / 3_600_000),
    NODE_EXTRA_CA_CERTS: azurite.certificate,
    ...identity.variables,
  }
}

const addProduct = async (): Promise<number> =>
  (await service.client.post('/products/', { name: 'Vase', price: 19.99, stock_quantity: 3 })).body.product_id
const addPicture = (id: number) => service.client.post(`/products/${id}/upload-image`, pictureForm(photo))
const read = async (id = productId) => (await service.client.get(`/products/${id}`)).body
const isSigned = (url: string) => new URL(url).searchParams.has('sig')
const until = (isSo: () => boolean | Promise<boolean>, withinMs: number, what: string) =>
  eventually(isSo, withinMs, () => `${what}\n${service.lines.join('\n')}`)

test('a picture is stored and opened with no account key anywhere', async () => {
  productId = await addProduct()
  const { status, body } = await addPicture(productId)
  assert.equal(status, 200, JSON.stringify(body))
  for (const url of [body.image_url, body.thumbnail_url]) assert.equal(await azurite.statusOf(url), 200)
  const { searchParams } = new URL(body.image_url)
  for (const [name, value] of Object.entries({ sp: 'r', sr: 'b', spr: 'https', sks: 'b' }))
    assert.equal(searchParams.get(name), value)
  assert.ok(searchParams.get('skoid') && searchParams.get('sktid'))
  assert.ok(identity.asked() > 0)
  const told = [...service.lines, ...Object.values(variables()), JSON.stringify(body)].join('\n')
  assert.ok(!told.includes(azurite.accountKey))
  assert.doesNotMatch(service.lines.join(), /sig=(?!\[redacted)|Bearer ey|eyJ/)
})

test('its signature opens no other blob, and no other way', async () => {
  const { image_url, thumbnail_url } = await read()
  const other = new URL(thumbnail_url)
  other.search = new URL(image_url).search
  assert.equal(await azurite.statusOf(String(other)), 403)
  assert.equal(await azurite.statusOf(image_url, 'DELETE'), 403)
})

test('the key is renewed before it ends, and the tag changes with the URL', async () => {
  const path = `/products/${productId}`
  const first = await service.client.get(path)
  const url = first.body.image_url
  await until(async () => (await read()).image_url !== url, lifeMs, 'a new URL')
  assert.equal(await azurite.statusOf(url), 200, 'half of its life is left')
  const second = await service.client.get(path, { 'if-none-match': String(first.headers.etag) })
  assert.equal(second.status, 200)
  assert.equal(await azurite.statusOf(second.body.image_url), 200)
  assert.deepEqual(service.events(50), [])
})

test('while the identity gives no token the key that is there goes on to be used, then the shop does without', async () => {
  identity.mode = 'refuses'
  const told = () => service.events(50)
  await until(() => told().length > 0, 2 * lifeMs, 'a failed renewal')
  assert.match(String(told()[0]?.msg), /^pictures are signed with the key that there is, until 20/)
  const { image_url } = await read()
  assert.equal(await azurite.statusOf(image_url), 200)
  await until(async () => !isSigned((await read()).image_url), 2 * lifeMs, 'an unsigned URL')
  assert.equal(await azurite.statusOf(image_url), 403, 'the URL ended with its key')
  const product = await read()
  assert.equal(product.image_url, image_url.split('?')[0], 'it still names the picture')
  assert.deepEqual((await service.client.put(`/products/${productId}`, product)).body, product)
  assert.equal((await service.client.get('/products/')).status, 200)
  assert.equal((await addPicture(productId)).status, 503)
  identity.mode = 'gives'
  await until(async () => isSigned((await read()).image_url), 20_000, 'a signed URL again')
  assert.equal(await azurite.statusOf((await read()).image_url), 200)
  const renewals = told().filter(({ msg }) => /^pictures/.test(msg))
  assert.equal(renewals.length, 1, 'told once, however often it was tried')
  assert.ok(service.events(30).some(({ msg }) => msg === 'pictures are signed with a new key again'))
})

test('the sweeper works by the identity too', async () => {
  const gone = await addProduct()
  const { image_url } = (await addPicture(gone)).body
  await service.client.delete(`/products/${gone}`)
  await database.sql`update image_sweep set due_at = now() - interval '1 second'`
  assert.equal(await service.stop(), 0)
  service = await startProductProcess(variables())
  const swept = () => service.events(30).find(({ msg }) => msg === 'pictures swept')
  await until(() => swept() !== undefined, 10_000, 'a sweep')
  assert.deepEqual([swept()?.removed, swept()?.failed], [2, 0])
  assert.equal(await azurite.statusOf(image_url), 404)
  assert.equal(await azurite.statusOf((await read()).image_url), 200)
})

test('with the identity down at the start the shop works, and pictures come when it is back', async () => {
  assert.equal(await service.stop(), 0)
  identity.mode = 'is down'
  service = await startProductProcess(variables())
  assert.equal((await service.client.get('/readyz')).status, 200)
  assert.equal(isSigned((await read()).image_url), false)
  identity.mode = 'gives'
  await until(async () => isSigned((await read()).image_url), 20_000, 'a signed URL')
  assert.equal(await azurite.statusOf((await read()).image_url), 200)
})

test('an identity that the account refuses is told with the role that it lacks', async () => {
  assert.equal(await service.stop(), 0)
  identity.mode = 'gives a stranger’s'
  service = await startProductProcess(variables())
  const sentences = () => service.events(50).map(({ err }) => JSON.stringify(err))
  await until(() => sentences().length > 0, 10_000, 'an error')
  assert.match(
    String(sentences()[0]),
    /refuses this process's identity .* the role \\"Storage Blob Delegator\\"/,
  )
  assert.equal((await addPicture(productId)).status, 503)
  const namesRole = () => sentences().some((sentence) => sentence.includes('Storage Blob Data Contributor'))
  await until(namesRole, 2_000, 'the role that an upload lacks')
})

test('a stop does not wait for an identity that does not answer', async () => {
  identity.mode = 'is down'
  const asked = identity.asked()
  await until(() => identity.asked() > asked, 20_000, 'a renewal')
  const began = performance.now()
  assert.equal(await service.stop(), 0)
  assert.ok(performance.now() - began < 2_500)
})
