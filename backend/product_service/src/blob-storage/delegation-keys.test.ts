import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BlobServiceClient } from '@azure/storage-blob'
import { captureLog } from '@tallyshop/service-kit/test-support/log-lines'
import { DelegationKeys } from './delegation-keys.ts'

const config = {
  accountName: 'shop',
  containerName: 'pictures',
  endpoint: 'https://shop.blob.example',
  publicEndpoint: 'https://shop.blob.example',
  urlLifeMs: 4_000,
}

/** An account that gives every key it is asked for. */
const account = {
  getUserDelegationKey: async (signedStartsOn: Date, signedExpiresOn: Date) => ({
    signedObjectId: 'object',
    signedTenantId: 'tenant',
    signedStartsOn,
    signedExpiresOn,
    signedService: 'b',
    signedVersion: '2024-11-04',
    value: Buffer.from('key').toString('base64'),
  }),
} as unknown as BlobServiceClient

test('after a clock that was an hour ahead is put right, pictures are signed again', async (t) => {
  const now = Date.now
  t.mock.method(Date, 'now', () => now() + 3_600_000)
  const keys = new DelegationKeys(account, config)
  await keys.start(captureLog().log)
  t.after(() => keys.stop())
  assert.match(keys.sign('a.webp', Date.now()), /sig=/)
  t.mock.restoreAll()
  for (const deadline = now() + 10_000; keys.sign('a.webp', now()) === ''; await sleep(20)) {
    assert.ok(now() < deadline, 'no key in 10 s')
  }
})
