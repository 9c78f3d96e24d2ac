import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { Compile } from 'typebox/schema'
import contract from '../src/product-service/contract.json' with { type: 'json' }
import { type AskedLine, FakeVerdicts } from './fake-verdicts.ts'
import { answerProperly, type Call, type Manner, type Reply } from './manners.ts'

const paths = contract.paths
const allocation = paths['/internal/allocations/{order_uid}']
const json = 'application/json'
const isRequest = Compile(allocation.put.requestBody.content[json].schema)
const isReply = Compile(allocation.put.responses[200].content[json].schema)
const address = /^\/internal\/allocations\/([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})(\/abandonment)?$/

/**
 * The product service as the order service meets it on the wire, behaving in whatever `manner` a test gives it. What
 * the committed contract does not know is refused and noted in `complaints`, and so is a wrong secret.
 */
export class FakeProductService extends FakeVerdicts {
  readonly calls: Call[] = []
  readonly complaints: string[] = []
  manner: Manner = answerProperly
  /** What it says of itself, whatever its manner. */
  isReady = true
  readonly #secret: string
  readonly #server = createServer((request, response) => void this.#serve(request, response))
  #port = 0

  constructor(secret: string) {
    super()
    this.#secret = secret
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Answers at its port: a free one at first, later the same one again. */
  async comeBack(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Ends every connection and gives the port up, as a process that was killed does. */
  async goAway(): Promise<void> {
    if (!this.#server.listening) return
    const closed = promisify(this.#server.close.bind(this.#server))()
    this.#server.closeAllConnections()
    await closed
  }

  callsFor(orderUid: string): Call[] {
    return this.calls.filter((call) => call.orderUid === orderUid)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request
    if (`${method} ${url}` === 'GET /readyz') {
      response.writeHead(this.isReady ? 200 : 503, { 'content-type': json }).end('{}')
      return
    }
    const [, orderUid = '', abandonment] = address.exec(url) ?? []
    const said = await text(request)
    const body = said === '' ? undefined : JSON.parse(said)
    const call: Call = { method, url, orderUid, requestId: headers['x-request-id'], body }
    this.calls.push(call)
    const act = () => this.#carryOut(call, abandonment !== undefined, headers.authorization)
    const reply = await this.manner(act, call)
    if (reply === undefined) {
      response.destroy()
      return
    }
    response.writeHead(reply.status, { 'content-type': json, ...reply.headers })
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body))
  }

  #carryOut({ method, url, orderUid, body }: Call, abandonment: boolean, authorization?: string): Reply {
    if (authorization !== `Bearer ${this.#secret}`) return this.#refuse(401, `${method} ${url}: no secret`)
    const what = `${method}${orderUid ? ' allocation' : url}${abandonment ? '/abandonment' : ''}`
    if (what === 'PUT allocation') {
      if (!isRequest.Check(body)) return this.#refuse(422, `${what}: ${JSON.stringify(body)}`)
      return this.#told(this.allocate(orderUid, (body as { lines: AskedLine[] }).lines))
    }
    if (what === 'DELETE allocation') return this.#told(this.release(orderUid))
    if (what === 'PUT allocation/abandonment') return this.#told(this.abandon(orderUid))
    return this.#refuse(404, `${method} ${url}: no such call`)
  }

  #told(body: unknown): Reply {
    if (!isReply.Check(body)) this.complaints.push(`not as the contract says: ${JSON.stringify(body)}`)
    return { status: 200, body }
  }

  #refuse(status: number, complaint: string): Reply {
    this.complaints.push(complaint)
    return { status, body: { detail: complaint, code: 'refused', request_id: 'fake' } }
  }
}
