import { isIPv6 } from 'node:net'
import type { ShopConfig } from './config.ts'
import { findFreePorts, keepPorts, refuseTakenPorts } from './ports.ts'

type PerProgram = { shop: string; product: string; order: string }
export type Addresses = {
  ports: ShopConfig['ports']
  /** Without a name to look up, for the processes among themselves. */
  direct: PerProgram
  /** For people and browsers. */
  public: PerProgram
}

/** Decides the three web ports, refusing those that are taken, and what the three are called. */
export async function chooseAddresses(config: ShopConfig): Promise<Addresses> {
  const { front, product, order } = config.ports
  await refuseTakenPorts(
    [
      { port: front, variable: 'FRONTEND_PORT', for: 'the shop' },
      { port: product, variable: 'PRODUCT_SERVICE_PORT', for: 'the product service' },
      { port: order, variable: 'ORDER_SERVICE_PORT', for: 'the order service' },
    ],
    config.bindAddress,
  )
  const free = await findFreePorts(3, config.bindAddress)
  const ports = {
    front: front || (free[0] ?? 0),
    product: product || (free[1] ?? 0),
    order: order || (free[2] ?? 0),
  }
  keepPorts(Object.values(ports))
  const everywhere = ['0.0.0.0', '::'].includes(config.bindAddress)
  const host = everywhere
    ? '127.0.0.1'
    : isIPv6(config.bindAddress)
      ? `[${config.bindAddress}]`
      : config.bindAddress
  const direct = urls(host, ports)
  const forPeople = urls(host.startsWith('127.') || host === '[::1]' ? 'localhost' : host, ports)
  return { ports, direct, public: { ...forPeople, shop: config.publicUrl ?? forPeople.shop } }
}

function urls(host: string, ports: ShopConfig['ports']): PerProgram {
  return {
    shop: `http://${host}:${ports.front}`,
    product: `http://${host}:${ports.product}`,
    order: `http://${host}:${ports.order}`,
  }
}
