import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { readConfig, readEnvironment } from './config.ts'

describe('the settings of npm start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shop-config-'))
  after(() => rmSync(folder, { recursive: true }))

  it('come from .env, overruled by the environment, where empty ones count as unset in both', () => {
    const file = join(folder, 'settings')
    writeFileSync(
      file,
      'DATA_DIR=/from/file\nFRONTEND_PORT=1\nBIND_ADDRESS=\nAZURE_STORAGE_CONTAINER_NAME=pictures # mine\n',
    )
    assert.deepEqual(readEnvironment(file, { FRONTEND_PORT: '2', DATA_DIR: ' ', ORDER_SERVICE_PORT: '' }), {
      DATA_DIR: '/from/file',
      FRONTEND_PORT: '2',
      AZURE_STORAGE_CONTAINER_NAME: 'pictures',
    })
  })

  it('need no .env', () => {
    assert.deepEqual(readEnvironment(join(folder, 'none'), { A: '1' }), { A: '1' })
  })

  it('have defaults, and a data folder beside the code', () => {
    const { dataDir, bindAddress, ports, azureAccountConfigured } = readConfig({}, '/shop')
    assert.deepEqual(
      { dataDir, bindAddress, ports, azureAccountConfigured },
      {
        dataDir: '/shop/.data',
        bindAddress: '127.0.0.1',
        ports: { front: 3000, product: 8000, order: 8001 },
        azureAccountConfigured: false,
      },
    )
  })

  it('are refused with all that is wrong at once', () => {
    const wrong = {
      FRONTEND_PORT: '70000',
      ORDER_SERVICE_PORT: '-1',
      PUBLIC_URL: 'shop.example',
      AZURE_STORAGE_ACCOUNT_KEY: 'a2V5',
      AZURE_STORAGE_CONTAINER_NAME: 'My Pictures',
    }
    assert.throws(
      () => readConfig(wrong, '/shop'),
      ({ message }: Error) => {
        const named = Object.keys(wrong).filter((name) => message.includes(name))
        return named.length === 5 && message.split('\n').length === 5
      },
    )
  })

  it('with an account of one’s own start no Azurite, whether it has a key or not', () => {
    const name = { AZURE_STORAGE_ACCOUNT_NAME: 'mine' }
    assert.equal(
      readConfig({ ...name, AZURE_STORAGE_ACCOUNT_KEY: 'a2V5' }, '/shop').azureAccountConfigured,
      true,
    )
    assert.equal(readConfig(name, '/shop').azureAccountConfigured, true)
  })

  it('are refused where they hold what was to be filled in', () => {
    const AZURE_STORAGE_ACCOUNT_NAME = 'your_storage_account_name'
    assert.throws(
      () => readConfig({ AZURE_STORAGE_ACCOUNT_NAME }, '/shop'),
      /unlike "your_storage_account_name": leave it away to keep pictures on this machine/,
    )
    const key = 'your_storage_account_key'
    assert.throws(
      () => readConfig({ AZURE_STORAGE_ACCOUNT_NAME: 'mine', AZURE_STORAGE_ACCOUNT_KEY: key }, '/shop'),
      ({ message }: Error) => message.includes('which is base64') && !message.includes(key),
    )
  })
})
