import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type IdentityEndpoint = {
  /** What a host with a managed identity gives its programs to find it. */
  variables: Record<string, string>
  /** How it answers: with a token, with one that the storage refuses, with a refusal, or not at all. */
  mode: 'gives' | 'gives a stranger’s' | 'refuses' | 'is down'
  /** How many times it was asked. */
  asked: () => number
  close: () => Promise<void>
}

const tokenLifeSeconds = 3

/** The token endpoint of a managed identity, as App Service has it on loopback. Its tokens live for three seconds. */
export async function startIdentityEndpoint(): Promise<IdentityEndpoint> {
  const secret = randomUUID()
  let count = 0
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost')
    count += 1
    if (endpoint.mode === 'is down') return request.socket.destroy()
    if (endpoint.mode === 'refuses' || request.headers['x-identity-header'] !== secret) {
      return response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"refused"}')
    }
    const expiresOn = Math.floor(Date.now() / 1000) + tokenLifeSeconds
    const issuer = endpoint.mode === 'gives' ? 'https://sts.windows.net/tenant/' : 'https://stranger.example/'
    const token = makeToken(issuer, 'https://storage.azure.com', expiresOn)
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        access_token: token,
        expires_on: String(expiresOn),
        resource: searchParams.get('resource'),
        token_type: 'Bearer',
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const endpoint: IdentityEndpoint = {
    variables: { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/token`, IDENTITY_HEADER: secret },
    mode: 'gives',
    asked: () => count,
    close: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
  return endpoint
}

/** What Azurite looks at in a token; it does not check who signed it. */
function makeToken(iss: string, aud: string, exp: number): string {
  const nbf = exp - 3600
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const claims = { iss, aud, exp, nbf, iat: nbf, oid: randomUUID(), tid: randomUUID() }
  return `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}.${encode({ not: 'signed' })}`
}
