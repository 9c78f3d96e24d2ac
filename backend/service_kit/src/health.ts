import { Type } from 'typebox'
import type { App } from './http-server.ts'

const Health = Type.Object({ status: Type.String(), service: Type.String() })
const Readiness = Type.Object({
  status: Type.String(),
  service: Type.String(),
  missing: Type.Array(Type.String()),
})

/** Says that the process lives, and whether it is ready to serve, or what it lacks. */
export function addHealth(app: App, title: string, service: string, missing: () => Promise<string[]>): void {
  const config = { access: 'anyone', standsAlone: true } as const
  const Welcome = Type.Object({ message: Type.String() })
  app.get('/', { config, schema: { response: { 200: Welcome } } }, async () => ({
    message: `Welcome to the ${title}!`,
  }))
  for (const path of ['/health', '/livez']) {
    app.get(path, { config, schema: { response: { 200: Health } } }, async () => ({ status: 'ok', service }))
  }
  const response = { 200: Readiness, 503: Readiness }
  app.get('/readyz', { config, schema: { response } }, async (_request, reply) => {
    const lacking = await missing()
    const ready = lacking.length === 0
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ok' : 'not ready', service, missing: lacking })
  })
}
