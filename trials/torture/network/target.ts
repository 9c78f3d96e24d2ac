import { Agent, get } from 'node:http'
import { type Loop, startLoop } from '@tallyshop/service-kit/loop'

const betweenMs = 200
const timeoutMs = 1_000

/** A replica behind an edge: whether it is ready, and the connections to it that are kept. */
export class Target {
  readonly name: string
  readonly port: number
  readonly agent = new Agent({ keepAlive: true, maxFreeSockets: 64 })
  isReady = false
  readonly #asking = new Agent({ keepAlive: true, maxSockets: 1 })
  #loop: Loop | undefined

  constructor({ name, port }: { name: string; port: number }) {
    this.name = name
    this.port = port
  }

  /** Resolves once it is known whether the target is ready, and keeps that up to date until `close`. */
  watch(): Promise<void> {
    return new Promise((resolve) => {
      this.#loop = startLoop(async () => {
        this.isReady = await this.#ask()
        resolve()
        return betweenMs
      })
    })
  }

  async close(): Promise<void> {
    this.agent.destroy()
    this.#asking.destroy()
    await this.#loop?.stop()
  }

  #ask(): Promise<boolean> {
    return new Promise((resolve) => {
      const { port } = this
      const options = { port, host: '127.0.0.1', path: '/readyz', agent: this.#asking }
      const asking = get({ ...options, headers: { host: 'localhost' } }, (answer) => {
        answer.resume()
        answer.on('error', () => {})
        resolve(answer.statusCode === 200)
      })
      // After a pause of our own, in which the checker was busy, the answer may be there and only not heard yet.
      const hearMs = 50
      let timer = setTimeout(() => {
        timer = setTimeout(() => asking.destroy(), hearMs)
      }, timeoutMs)
      asking.on('error', () => {})
      asking.on('close', () => {
        clearTimeout(timer)
        resolve(false)
      })
    })
  }
}
