import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { lastLine, openPlace } from './launched-shop.ts'

describe('a start that cannot be says why in one sentence and exits 1', () => {
  const place = openPlace()
  after(place.close)

  const refused = async (environment: Record<string, string>, sentence: RegExp) => {
    const shop = place.launch(environment)
    assert.equal(await shop.exitCode(10_000), 'exit code 1')
    assert.match(lastLine(shop), sentence)
    assert.doesNotMatch(shop.output(), /^ +at /m)
  }

  it('a taken port, with the variable that changes it', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((listening) => other.once('listening', listening))
    const { port } = other.address() as { port: number }
    await refused(
      { ORDER_SERVICE_PORT: String(port) },
      new RegExp(
        `^Port ${port} for the order service is taken by another program: .+ORDER_SERVICE_PORT.+\\.$`,
      ),
    )
    other.close()
  })

  it('one port for two services', async () => {
    await refused(
      { FRONTEND_PORT: '3999', ORDER_SERVICE_PORT: '3999' },
      /^FRONTEND_PORT \(3999\), .+ different ports\.$/,
    )
  })

  it('an address that is not this machine', async () => {
    await refused(
      { BIND_ADDRESS: '192.0.2.1' },
      /^This machine has no address 192\.0\.2\.1 .+ BIND_ADDRESS\.$/,
    )
  })

  it('a data folder that cannot be written', async () => {
    // A file in the way stops root, too.
    writeFileSync(join(place.home, 'file'), '')
    const DATA_DIR = join(place.home, 'file', 'data')
    await refused(
      { DATA_DIR },
      /^The data folder \S+\/file\/data cannot be written \(ENOTDIR\): .+ DATA_DIR .+\.$/,
    )
  })

  it('data of another PostgreSQL version', async () => {
    const DATA_DIR = join(place.home, 'old')
    mkdirSync(join(DATA_DIR, 'order_db'), { recursive: true })
    writeFileSync(join(DATA_DIR, 'order_db', 'PG_VERSION'), '14\n')
    await refused(
      { DATA_DIR },
      /^The data in \S+\/order_db is of PostgreSQL 14, and the shop runs PostgreSQL 15: .+\.$/,
    )
  })

  it('a setting in .env that means nothing', async () => {
    const ENV_FILE = join(place.home, 'settings')
    writeFileSync(ENV_FILE, 'PRODUCT_SERVICE_PORT="eight thousand"\n')
    await refused(
      { ENV_FILE, PRODUCT_SERVICE_PORT: '' },
      /^PRODUCT_SERVICE_PORT must be a port number .+ "eight thousand"\.$/,
    )
  })

  it('half an Azure account', async () => {
    await refused(
      { AZURE_STORAGE_ACCOUNT_KEY: 'a2V5' },
      /^AZURE_STORAGE_ACCOUNT_KEY is set but AZURE_STORAGE_ACCOUNT_NAME is not: .+\.$/,
    )
  })

  it('the name of an account that nobody filled in', async () => {
    await refused(
      { AZURE_STORAGE_ACCOUNT_NAME: 'your_storage_account_name' },
      /^AZURE_STORAGE_ACCOUNT_NAME must be the name of a storage account, .+\.$/,
    )
  })

  it('a setting that a service refuses, in the words of the service', async () => {
    await refused(
      { AZURE_SAS_TOKEN_EXPIRY_HOURS: 'soon' },
      /^The product service ended unexpectedly \(exit code 1\), saying "AZURE_SAS_TOKEN_EXPIRY_HOURS .+"; its log is \S+\.$/,
    )
  })
})
