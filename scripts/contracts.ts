/**
 * npm run contracts: writes what the services promise: their openapi.json, the internal contract, the pages' types.
 * With --check it writes nothing and fails where a file is not current, or where a consumer's copy says otherwise.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { readConfig as readOrderConfig } from '@tallyshop/order-service/config'
import { createOrderServer } from '@tallyshop/order-service/service'
import { readConfig as readProductConfig } from '@tallyshop/product-service/config'
import { createProductServer } from '@tallyshop/product-service/service'
import { createLogger } from '@tallyshop/service-kit/logger'
import openapiTypescript, { astToString } from 'openapi-typescript'

type Contract = { paths?: Record<string, Record<string, unknown>> | undefined }

const checking = process.argv.includes('--check')
const faults: string[] = []

const secret = 'not a secret: nothing is served'
const variables = { SERVICE_AUTH_SECRET: secret, ORDER_TOKEN_SECRET: secret }
const log = createLogger('contracts', 'silent')

const product = await createProductServer(readProductConfig(variables), log)
const order = await createOrderServer(readOrderConfig(variables), log)
await Promise.all([product.ready(), order.ready()])

await keepContract('backend/product_service/openapi.json', product.swagger())
await keepContract('backend/product_service/internal.openapi.json', product.internalContract())
await keepContract('backend/order_service/openapi.json', order.swagger())
await keepTypes('frontend/src/api/product-service.generated.d.ts', product.swagger())
await keepTypes('frontend/src/api/order-service.generated.d.ts', order.swagger())
compareCopy('backend/order_service/src/product-service/contract.json', product.internalContract() as Contract)

for (const fault of faults) console.error(fault)
process.exit(faults.length > 0 ? 1 : 0)

async function keepContract(file: string, contract: object): Promise<void> {
  keep(file, `${JSON.stringify(contract, null, 2)}\n`)
}

async function keepTypes(file: string, contract: object): Promise<void> {
  keep(file, astToString(await openapiTypescript(structuredClone(contract) as never)))
}

function keep(file: string, text: string): void {
  const current = readIfThere(file)
  if (current === text) return
  if (checking) faults.push(`${file} is not what the service promises now. Run: npm run contracts`)
  else writeFileSync(new URL(`../${file}`, import.meta.url), text)
}

/** A consumer's copy holds just the paths it uses; it is edited by hand, together with the client over it. */
function compareCopy(file: string, provider: Contract): void {
  const copy: Contract = JSON.parse(readIfThere(file) ?? '{}')
  const uses = Object.entries(copy.paths ?? {})
  if (uses.length === 0) faults.push(`${file} names no path.`)
  for (const [path, methods] of uses) {
    for (const [method, operation] of Object.entries(methods)) {
      const promised = provider.paths?.[path]?.[method]
      if (isDeepStrictEqual(operation, JSON.parse(JSON.stringify(promised ?? null)))) continue
      faults.push(
        `${file}: ${method.toUpperCase()} ${path} is not what the provider promises. Adapt copy and client.`,
      )
    }
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
  } catch {
    return undefined
  }
}
