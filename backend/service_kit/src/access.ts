import { timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { EnvironmentReader } from './environment.ts'
import { isLoopback } from './loopback.ts'
import { Problem } from './problems.ts'

/**
 * Who may call a route: anyone; `owner`, staff or whoever the addressed thing belongs to; staff; or another service of
 * ours, which proves itself with the shared secret in every mode.
 */
export type Access = 'anyone' | 'owner' | 'staff' | 'service'

/** Who is asking. `subject` is what a ledger names as the actor. */
export type Principal = { role: 'guest' | 'customer' | 'staff' | 'service'; subject: string }

export type AccessConfig = {
  /** `open`: nobody signs in and everyone is staff, so it stays on this machine. */
  mode: 'open'
  publicUrl: string
  corsOrigins: string[]
  serviceAuthSecret: string
}

export function readAccessConfig(read: EnvironmentReader): AccessConfig {
  const config: AccessConfig = {
    mode: read.oneOf('ACCESS', ['open'] as const, 'open'),
    publicUrl: read.url('PUBLIC_URL', 'http://localhost:3000'),
    corsOrigins: readOrigins(read),
    serviceAuthSecret: read.secret('SERVICE_AUTH_SECRET'),
  }
  const host = URL.parse(config.publicUrl)?.hostname
  if (host !== undefined && !isLoopback(host)) {
    read.fault(
      'ACCESS=open makes everyone staff, so PUBLIC_URL must be a loopback address such as http://localhost:3000.',
    )
  }
  return config
}

function readOrigins(read: EnvironmentReader): string[] {
  const names = read
    .text('CORS_ORIGINS', '')
    .split(/[\s,]+/)
    .filter(Boolean)
  return names.map((name) => {
    const origin = URL.parse(name)?.origin ?? 'null'
    if (origin === 'null')
      read.fault(`CORS_ORIGINS must hold origins such as https://shop.example, not "${name}".`)
    return origin
  })
}

/** Decides before the body is read: returns who is asking, or throws the Problem that answers instead. */
export function authorize(request: FastifyRequest, access: Access, config: AccessConfig): Principal {
  if (access !== 'service') return { role: 'staff', subject: 'staff' }
  if (sameSecret(request.headers.authorization ?? '', `Bearer ${config.serviceAuthSecret}`)) {
    return { role: 'service', subject: 'service' }
  }
  throw new Problem(401, 'unauthorized', 'Not authenticated', { headers: { 'www-authenticate': 'Bearer' } })
}

/**
 * Keeps other web sites out while everyone is staff: a name that is not ours (DNS rebinding) and an unsafe method
 * from a foreign page are refused with 403.
 */
export function refuseForeign(
  request: FastifyRequest,
  config: AccessConfig,
  ownHosts: readonly string[],
): void {
  const { host = '', origin } = request.headers
  const name = URL.parse(`http://${host}`)?.hostname ?? ''
  if (!isLoopback(name) && !ownHosts.includes(name)) {
    throw new Problem(403, 'unknown_host', 'This shop does not answer to that host name.')
  }
  const safe = ['GET', 'HEAD', 'OPTIONS'].includes(request.method)
  if (safe || origin === undefined || URL.parse(origin)?.host === host) return
  if ([new URL(config.publicUrl).origin, ...config.corsOrigins].includes(origin)) return
  throw new Problem(403, 'foreign_origin', 'Requests from other web sites are not accepted.')
}

function sameSecret(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
