import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigurationError } from '@tallyshop/service-kit/environment'
import { readConfig } from './config.ts'

const secret = { SERVICE_AUTH_SECRET: 'sixteen letters or more' }
const account = { AZURE_STORAGE_ACCOUNT_NAME: 'shop', AZURE_STORAGE_ACCOUNT_KEY: 'a2V5' }
const faultsOf = (environment: Record<string, string>): string => {
  try {
    readConfig(environment)
  } catch (error) {
    assert.ok(error instanceof ConfigurationError)
    return error.message
  }
  return ''
}

describe('the settings', () => {
  test('need one secret, and have a default for the rest', () => {
    assert.deepEqual(readConfig(secret), {
      http: {
        bindAddress: '127.0.0.1',
        port: 8000,
        access: {
          mode: 'open',
          publicUrl: 'http://localhost:3000',
          corsOrigins: [],
          serviceAuthSecret: secret.SERVICE_AUTH_SECRET,
        },
        drainMs: 0,
      },
      postgres: {
        host: 'localhost',
        port: 5432,
        user: 'postgres',
        password: 'postgres',
        database: 'products',
        scratch: false,
      },
      logLevel: 'info',
    })
  })

  test('keep the open mode on this machine', () => {
    for (const PUBLIC_URL of [
      'http://localhost:3000',
      'http://127.0.0.1',
      'http://[::1]:80/',
      'http://a.localhost',
    ])
      assert.equal(faultsOf({ ...secret, PUBLIC_URL }), '', PUBLIC_URL)
    for (const PUBLIC_URL of ['https://shop.example', 'http://10.0.0.1', 'http://localhost.shop.example'])
      assert.match(faultsOf({ ...secret, PUBLIC_URL }), /must be a loopback address/, PUBLIC_URL)
    assert.match(faultsOf({ ...secret, ACCESS: 'closed' }), /ACCESS must be one of: open/)
  })

  test('with the secrets of docker-compose.yml stay on this machine, whatever the mode', () => {
    const laptop = {
      SERVICE_AUTH_SECRET: 'laptop-only-service-secret',
      AZURITE_BLOB_ENDPOINT: 'http://azurite:10000/tallyshop',
      AZURITE_ACCOUNT_KEY: Buffer.from('laptop-only: the key of an Azurite').toString('base64'),
    }
    assert.equal(faultsOf(laptop), '')
    const faults = faultsOf({ ...laptop, PUBLIC_URL: 'https://shop.example' }).split('\n')
    assert.deepEqual(
      faults.map((fault) => fault.match(/^(\S+) is the one of docker-compose.yml|^ACCESS=open/)?.[1]),
      ['SERVICE_AUTH_SECRET', undefined, 'AZURITE_ACCOUNT_KEY'],
    )
    assert.match(String(faults[1]), /^ACCESS=open makes everyone staff/)
    const own = { ...laptop, ...secret, AZURITE_ACCOUNT_KEY: 'f0'.repeat(32) }
    assert.match(faultsOf({ ...own, PUBLIC_URL: 'https://shop.example' }), /^ACCESS=open[^\n]+$/)
  })

  test('of other origins are a list', () => {
    const { access } = readConfig({ ...secret, CORS_ORIGINS: 'http://a, http://b  http://c' }).http
    assert.deepEqual(access.corsOrigins, ['http://a', 'http://b', 'http://c'])
  })
})

describe('the settings of storage', () => {
  const storage = (environment: Record<string, string>) => {
    const { blobStorage } = readConfig({ ...secret, ...account, ...environment })
    assert.ok(blobStorage)
    return blobStorage
  }

  test('are those of Azure where only an account is named', () => {
    const { endpoint, publicEndpoint, containerName, urlLifeMs } = storage({})
    assert.equal(endpoint, 'https://shop.blob.core.windows.net')
    assert.equal(publicEndpoint, endpoint)
    assert.deepEqual([containerName, urlLifeMs], ['product-images', 24 * 3_600_000])
  })

  test('lead browsers through the front to Azurite', () => {
    const endpoint = { AZURE_STORAGE_BLOB_ENDPOINT: 'http://127.0.0.1:10000/shop/' }
    assert.equal(storage(endpoint).endpoint, 'http://127.0.0.1:10000/shop')
    assert.equal(storage(endpoint).publicEndpoint, 'http://localhost:3000/blobs')
    const elsewhere = { AZURE_STORAGE_PUBLIC_ENDPOINT: 'https://cdn.example/p/' }
    assert.equal(storage({ ...endpoint, ...elsewhere }).publicEndpoint, 'https://cdn.example/p')
  })

  const azurite = {
    AZURITE_BLOB_ENDPOINT: 'http://azurite:10000/tallyshop',
    AZURITE_ACCOUNT_KEY: Buffer.from('a key of this test').toString('base64'),
  }

  test('are those of the Azurite beside it where no account is named', () => {
    const nothing = { AZURE_STORAGE_ACCOUNT_NAME: '', AZURE_STORAGE_ACCOUNT_KEY: '' }
    const others = { AZURE_STORAGE_CONTAINER_NAME: 'mine', AZURE_STORAGE_BLOB_ENDPOINT: 'https://elsewhere' }
    assert.deepEqual(storage({ ...azurite, ...nothing, ...others }), {
      accountName: 'tallyshop',
      accountKey: azurite.AZURITE_ACCOUNT_KEY,
      containerName: 'mine',
      endpoint: azurite.AZURITE_BLOB_ENDPOINT,
      publicEndpoint: 'http://localhost:3000/blobs',
      urlLifeMs: 24 * 3_600_000,
    })
  })

  test('are those of the account where one is named, whatever its neighbour Azurite is told', () => {
    assert.deepEqual(storage(azurite), storage({}))
    const broken = { AZURITE_BLOB_ENDPOINT: 'nowhere', AZURITE_ACCOUNT_KEY: '-' }
    assert.deepEqual(storage(broken), storage({}))
  })

  test('of an Azurite are refused where they cannot be one, without telling the key', () => {
    const faults = (changes: Record<string, string>) => faultsOf({ ...secret, ...azurite, ...changes })
    assert.equal(faults({}), '')
    assert.equal(faults({ AZURITE_ACCOUNT_KEY: '' }), 'AZURITE_ACCOUNT_KEY is missing.')
    const key = 'not base64 but long enough'
    assert.match(faults({ AZURITE_ACCOUNT_KEY: key }), /^AZURITE_ACCOUNT_KEY must be base64[^\n]+$/)
    assert.ok(!faults({ AZURITE_ACCOUNT_KEY: key }).includes(key))
    for (const AZURITE_BLOB_ENDPOINT of [
      'http://azurite:10000',
      'http://azurite/a/shop',
      'http://azurite/A!',
    ])
      assert.match(faults({ AZURITE_BLOB_ENDPOINT }), /^AZURITE_BLOB_ENDPOINT must end with[^\n]+$/)
    assert.match(faults({ AZURITE_BLOB_ENDPOINT: 'azurite' }), /AZURITE_BLOB_ENDPOINT must be an absolute/)
    assert.match(faults({ AZURE_STORAGE_ACCOUNT_KEY: 'a2V5' }), /set both, or neither/)
  })

  test('allow lives of seconds', () => {
    assert.equal(storage({ AZURE_SAS_TOKEN_EXPIRY_HOURS: '0.001' }).urlLifeMs, 3_600)
    for (const hours of ['0', '-1', 'x', '1e9'])
      assert.match(
        faultsOf({ ...secret, ...account, AZURE_SAS_TOKEN_EXPIRY_HOURS: hours }),
        /EXPIRY_HOURS must be/,
      )
  })

  test('need a name; a name alone means the identity of the process, over https and for a week at most', () => {
    const key = account.AZURE_STORAGE_ACCOUNT_KEY
    assert.match(faultsOf({ ...secret, AZURE_STORAGE_ACCOUNT_KEY: key }), /set both, or neither/)
    assert.ok(!('blobStorage' in readConfig({ ...secret, AZURE_STORAGE_ACCOUNT_NAME: ' ' })))
    const named = { ...secret, AZURE_STORAGE_ACCOUNT_NAME: 'shop', AZURE_SAS_TOKEN_EXPIRY_HOURS: '168' }
    assert.ok(!('accountKey' in (readConfig(named).blobStorage ?? { accountKey: 'none is configured' })))
    assert.match(faultsOf({ ...named, AZURE_SAS_TOKEN_EXPIRY_HOURS: '168.5' }), /at most 168 where/)
    const plain = { AZURE_STORAGE_BLOB_ENDPOINT: 'http://127.0.0.1:10000/shop' }
    assert.match(faultsOf({ ...named, ...plain }), /must be https where/)
    assert.equal(storage({ AZURE_SAS_TOKEN_EXPIRY_HOURS: '1000' }).urlLifeMs, 1000 * 3_600_000)
  })

  test('are refused where they cannot be an account, without telling the key', () => {
    for (const name of ['your_storage_account_name', 'Shop', 'sh', 'a'.repeat(25), 'my-shop'])
      assert.match(
        faultsOf({ ...secret, ...account, AZURE_STORAGE_ACCOUNT_NAME: name }),
        new RegExp(`3 to 24 small letters and digits, unlike "${name}"`),
      )
    assert.equal(faultsOf({ ...secret, ...account, AZURE_STORAGE_ACCOUNT_NAME: 'devstoreaccount1' }), '')
    for (const key of ['your_storage_account_key', 'a2V', 'a2V5=', 'a 2V5']) {
      const faults = faultsOf({ ...secret, ...account, AZURE_STORAGE_ACCOUNT_KEY: key })
      assert.match(faults, /AZURE_STORAGE_ACCOUNT_KEY must be the key/)
      assert.ok(!faults.includes(key))
    }
  })
})
