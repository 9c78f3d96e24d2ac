import { type Edge, startEdge } from '../network/edge.ts'
import { type Link, startLink } from '../network/link.ts'
import type { Random } from '../random.ts'

/** Everything that lies between the parts of a trial's shop, by name: `order-1→order-db`. */
export type Wiring = {
  links: Record<string, Link>
  edges: { order: Edge; product: Edge }
  portOf(link: string): number
  close(): Promise<void>
}

/** Links and edges in front of the parts, which need not be there yet, by their ports. */
export async function wire(ports: Record<string, number>, random: Random): Promise<Wiring> {
  const links: Record<string, Link> = {}
  const edges: Edge[] = []
  const link = async (from: string, to: string, port: number, http = true) => {
    const name = `${from}→${to}`
    links[name] = await startLink({ name, port, http, random: random.fork(name) })
  }
  const startFront = async (kind: 'order' | 'product') => {
    const replicas = replicasOf(kind, ports)
    for (const name of replicas) await link('edge', name, ports[name] ?? 0)
    const targets = replicas.map((name) => ({ name, port: links[`edge→${name}`]?.port ?? 0 }))
    const edge = await startEdge(targets)
    edges.push(edge)
    return edge
  }
  const close = async () => {
    await Promise.all(edges.map((edge) => edge.close()))
    await Promise.all(Object.values(links).map((each) => each.close()))
  }
  try {
    const product = await startFront('product')
    for (const name of replicasOf('product', ports)) {
      await link(name, 'product-db', ports['product-db'] ?? 0, false)
      await link(name, 'blobs', ports.blobs ?? 0)
    }
    const order = await startFront('order')
    for (const name of replicasOf('order', ports)) {
      await link(name, 'order-db', ports['order-db'] ?? 0, false)
      await link(name, 'products', product.port)
    }
    return { links, edges: { order, product }, portOf: (name) => links[name]?.port ?? 0, close }
  } catch (error) {
    await close()
    throw error
  }
}

function replicasOf(kind: string, ports: Record<string, number>): string[] {
  return Object.keys(ports).filter((part) => new RegExp(`^${kind}-\\d+$`).test(part))
}
