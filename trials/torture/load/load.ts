import sharp from 'sharp'
import type { History } from '../history.ts'
import type { Random } from '../random.ts'
import { createCaller } from './caller.ts'
import { Catalogue } from './catalogue.ts'
import type { Client } from './client.ts'
import { type LoadCounts, Running } from './running.ts'
import { createProduct } from './staff.ts'

export type LoadOptions = {
  /** Where orders and products are asked for, without a path. */
  orderUrl: string
  productUrl: string
  clients: number
  random: Random
  history: History
  /** How long a client pauses between two operations, at most. */
  thinkMs?: number
}

export type Load = {
  counts: () => LoadCounts
  /** No client begins an operation until `resumeNew`; what is open goes on. */
  pauseNew: () => void
  resumeNew: () => void
  /** Begins nothing more and lets what is open come to its end, for so long at most; what has none then gets none. */
  stop: (graceMs?: number) => Promise<void>
}

type Shared = Pick<LoadOptions, 'orderUrl' | 'productUrl'> & Pick<Client, 'picture' | 'catalogue'>

/**
 * Fills the shelves and sends clients into the shop, each of which does one thing after another, four fifths of them orders,
 * and repeats what may be repeated until its final answer. What they send is drawn from `random`; all of it is recorded.
 * Throws where the shelves cannot be filled.
 */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const { orderUrl, productUrl, random, history, thinkMs = 100 } = options
  const running = new Running(history)
  const shared = { orderUrl, productUrl, catalogue: new Catalogue(), picture: await makePicture() }
  const staff = createClient(0, shared, random, running)
  await fillShelves(staff, running)
  const clients = Array.from({ length: options.clients }, (_, n) =>
    createClient(n + 1, shared, random, running),
  )
  const lives = Promise.all(clients.map((client) => running.live(client, thinkMs)))
  // Whoever stops the load hears of it.
  lives.catch(() => {})
  return {
    counts: () => ({ ...running.counts }),
    pauseNew: () => running.pauseNew(),
    resumeNew: () => running.resumeNew(),
    stop: async (graceMs = 45_000) => {
      running.beginsNoMore.abort()
      const timer = setTimeout(() => running.endsNow.abort(), graceMs)
      await lives.finally(() => clearTimeout(timer))
      for (const client of [staff, ...clients]) client.close()
    },
  }
}

function createClient(number: number, shared: Shared, random: Random, running: Running): Client {
  const caller = createCaller(number, running.history, () => running.nextCall())
  return {
    ...shared,
    number,
    random: random.fork(`client ${number}`),
    keyless: number % 6 === 5,
    ownOrders: [],
    signal: running.endsNow.signal,
    call: async (sending) => {
      const outcome = await caller.call(sending)
      running.countCall(outcome)
      return outcome
    },
    countOrder: (answer) => running.countOrder(answer),
    close: () => caller.close(),
  }
}

async function fillShelves(staff: Client, running: Running): Promise<void> {
  const opening = Catalogue.opening(staff.random)
  for (const { shelf, body } of opening) {
    await running.perform(staff, {
      kind: 'create_product',
      weight: 0,
      work: (client, operation) => createProduct(client, operation, shelf, body),
    })
  }
  const there = staff.catalogue.products.length
  if (there < opening.length)
    throw new Error(`Of ${opening.length} products to begin with, ${there} were created.`)
}

/** A small picture, as the form that a page would send. */
async function makePicture(): Promise<Client['picture']> {
  const image = sharp({ create: { width: 24, height: 16, channels: 3, background: 'teal' } })
  const form = new FormData()
  form.set('file', new Blob([await image.png().toBuffer()], { type: 'image/png' }), 'picture.png')
  const encoded = new Response(form)
  return { type: encoded.headers.get('content-type') ?? '', bytes: Buffer.from(await encoded.arrayBuffer()) }
}
