import assert from 'node:assert/strict'
import { testJourney } from './support/journey.ts'
import { makeDataDir, startShopProcess } from './support/shop-process.ts'

testJourney(async () => {
  const { dataDir, remove } = makeDataDir()
  let shop = await startShopProcess({ dataDir })
  return {
    urls: () => shop.urls,
    restart: async () => {
      assert.equal(await shop.stop(), 0)
      shop = await startShopProcess({ dataDir })
    },
    end: async () => {
      await shop.killEverything()
      remove()
    },
  }
})
