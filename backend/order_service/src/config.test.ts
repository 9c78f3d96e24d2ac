import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigurationError } from '@tallyshop/service-kit/environment'
import { readConfig } from './config.ts'

const secrets = {
  SERVICE_AUTH_SECRET: 'sixteen letters or more',
  ORDER_TOKEN_SECRET: 'sixteen letters, of another kind',
}

test('the settings need two secrets, and have a default for the rest', () => {
  assert.deepEqual(readConfig(secrets), {
    http: {
      bindAddress: '127.0.0.1',
      port: 8001,
      access: {
        mode: 'open',
        publicUrl: 'http://localhost:3000',
        corsOrigins: [],
        serviceAuthSecret: secrets.SERVICE_AUTH_SECRET,
      },
      drainMs: 0,
    },
    postgres: {
      host: 'localhost',
      port: 5432,
      user: 'postgres',
      password: 'postgres',
      database: 'orders',
      scratch: false,
    },
    productServiceUrl: 'http://localhost:8000',
    orderTokenSecret: secrets.ORDER_TOKEN_SECRET,
    logLevel: 'info',
  })
})

test('the secrets of docker-compose.yml stay on this machine, and each is told', () => {
  const laptop = {
    SERVICE_AUTH_SECRET: 'laptop-only-service-secret',
    ORDER_TOKEN_SECRET: 'laptop-only-order-secret',
  }
  assert.equal(readConfig(laptop).orderTokenSecret, laptop.ORDER_TOKEN_SECRET)
  assert.throws(
    () => readConfig({ ...laptop, PUBLIC_URL: 'https://shop.example' }),
    (error) => {
      assert.ok(error instanceof ConfigurationError)
      for (const name of Object.keys(laptop))
        assert.match(error.message, new RegExp(`^${name} is the one of docker-compose.yml`, 'm'))
      return true
    },
  )
})
