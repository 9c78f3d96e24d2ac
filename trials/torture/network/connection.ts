import type { Socket } from 'node:net'
import { Exchange } from './exchange.ts'
import type { FarSide } from './far-side.ts'
import { followHttpRequest, isHttpRequest } from './http-frames.ts'
import { followPostgresRequest, isPostgresRequest } from './postgres-frames.ts'
import { resetSocket } from './reset-socket.ts'
import { undergo } from './undergo.ts'
import type { Encounter, Observe } from './watch.ts'

/** Follows the bytes of one request; returns true with those that end it. */
export type Frames = (bytes: Buffer) => boolean

type Reading = { observe: Observe; ends: Frames; chunks: Buffer[]; timer?: NodeJS.Timeout }

export type ConnectionOptions = {
  near: Socket
  farSide: FarSide
  http: boolean
  /** Called when an exchange begins. */
  begin: () => Observe | undefined
}

/** What has begun to say something and does not come to its end goes on as it is. */
const readingMs = 5_000

/** Two sockets and what passes between them: as it comes, unless somebody watches the exchange that begins. */
export class Connection {
  /** Resolves when both sockets are closed. */
  readonly closed: Promise<unknown>
  readonly #options: ConnectionOptions
  readonly #near: Socket
  readonly #far: Socket
  /** The near side has spoken since the far side did. */
  #isAsking = false
  #reading: Reading | undefined
  #exchange: Exchange | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
    const { near } = options
    const far = options.farSide.connect()
    this.#near = near
    this.#far = far
    for (const socket of [near, far]) socket.on('error', () => {})
    this.closed = Promise.all([near, far].map((one) => new Promise((resolve) => one.on('close', resolve))))
    near.on('data', (bytes) => this.#hearNear(bytes))
    far.on('data', (bytes) => this.#hearFar(bytes))
    near.on('drain', () => this.#exchange || far.resume())
    far.on('drain', () => this.#exchange || near.resume())
    near.on('end', () => this.#endNear())
    far.on('end', () => this.#endFar())
    near.on('close', (isBroken) => this.#close(far, isBroken))
    far.on('close', (isBroken) => this.#close(near, isBroken))
  }

  reset(): void {
    this.#stopReading()
    this.#exchange?.abort()
    resetSocket(this.#near)
    resetSocket(this.#far)
  }

  #hearNear(bytes: Buffer): void {
    if (this.#exchange) this.#exchange.hearNear(bytes)
    else if (this.#reading) this.#read(this.#reading, bytes)
    else if (this.#isAsking || !this.#begin(bytes)) pass(bytes, this.#near, this.#far)
  }

  #hearFar(bytes: Buffer): void {
    this.#isAsking = false
    if (this.#exchange) this.#exchange.hearFar(bytes)
    else pass(bytes, this.#far, this.#near)
  }

  /** True where somebody wants to see the request that begins with these bytes. */
  #begin(bytes: Buffer): boolean {
    this.#isAsking = true
    const { begin, http } = this.#options
    const observe = begin()
    if (!observe || !(http ? isHttpRequest(bytes) : isPostgresRequest(bytes))) return false
    this.#reading = { observe, ends: http ? followHttpRequest() : followPostgresRequest(), chunks: [] }
    this.#read(this.#reading, bytes)
    return true
  }

  #read(reading: Reading, bytes: Buffer): void {
    reading.chunks.push(bytes)
    if (!reading.ends(bytes)) {
      reading.timer ??= setTimeout(() => this.#stopReading(), readingMs)
      return
    }
    clearTimeout(reading.timer)
    this.#reading = undefined
    const request = reading.chunks.length === 1 ? bytes : Buffer.concat(reading.chunks)
    const encounter = reading.observe(request)
    if (encounter) void this.#undergo(request, encounter)
    else pass(request, this.#near, this.#far)
  }

  #stopReading(): void {
    const { chunks = [], timer } = this.#reading ?? {}
    clearTimeout(timer)
    this.#reading = undefined
    for (const bytes of chunks) pass(bytes, this.#near, this.#far)
  }

  async #undergo(request: Buffer, encounter: Encounter): Promise<void> {
    const { near, farSide, http } = this.#options
    const reset = () => this.reset()
    const exchange = new Exchange({ near, far: this.#far, farSide, http, request, reset })
    this.#exchange = exchange
    await undergo(exchange, encounter)
    this.#exchange = undefined
    this.#goOn(exchange)
  }

  /** Passes what has come meanwhile, and the ends that were kept back. */
  #goOn({ answers, spoken }: Exchange): void {
    const [near, far] = [this.#near, this.#far]
    far.resume()
    near.resume()
    this.#isAsking = false
    for (const bytes of answers) pass(bytes, far, near)
    for (const bytes of spoken) this.#hearNear(bytes)
    if (near.destroyed) this.reset()
    else if (far.destroyed) near.destroySoon()
    else if (near.readableEnded) this.#endNear()
    else if (far.readableEnded) this.#endFar()
  }

  #endNear(): void {
    this.#stopReading()
    this.#exchange?.sideLeft()
    if (!this.#exchange?.outlives) this.#far.end()
  }

  #endFar(): void {
    this.#exchange?.sideLeft()
    if (!this.#exchange?.outlives) this.#near.end()
  }

  #close(other: Socket, isBroken: boolean): void {
    this.#stopReading()
    this.#exchange?.sideLeft()
    if (this.#exchange?.outlives || other.destroyed) return
    if (isBroken) resetSocket(other)
    else other.destroySoon()
  }
}

/** Forwards bytes, and waits with reading more where they are not taken; the connection goes on when they are. */
function pass(bytes: Buffer, from: Socket, to: Socket): void {
  if (to.writable && !to.write(bytes)) from.pause()
}
