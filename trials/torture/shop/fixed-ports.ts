import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'

const given = new Set<number>()

/**
 * Free ports of 127.0.0.1 that stay free while the process which listens on one is dead: below those that the system takes
 * for outgoing connections. Throws where there are none.
 */
export async function findFixedPorts(count: number): Promise<number[]> {
  const first = readFirstOutgoing()
  const ports: number[] = []
  for (let attempt = 0; attempt < 1_000 && ports.length < count; attempt += 1) {
    const port = randomInt(first - 20_000, first)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    ports.push(port)
  }
  if (ports.length < count) throw new Error(`There are no ${count} free ports below ${first}.`)
  return ports
}

function readFirstOutgoing(): number {
  const usual = 32_768
  try {
    const first = Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10)
    return first > 22_000 ? first : usual
  } catch {
    return usual
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
