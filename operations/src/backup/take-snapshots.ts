import { bounded, type Connection, connectTo, type DatabaseUrls } from '../connection.ts'

export type Snapshots = {
  order: Connection
  product: Connection
  takenAt: { order_db: string; product_db: string }
  /** No order was begun or called off from the first snapshot to the second. */
  oneCut: boolean
  end: () => Promise<void>
}

/**
 * Opens one instant of each database, read-only, the order database's first. The order service notes what it wants before it
 * asks for stock: so with its writes held back for these few milliseconds, whatever the product database shows has its
 * reason in the other snapshot. Where they cannot be held back within 2 s the snapshots are taken all the same.
 */
export async function takeSnapshots(urls: DatabaseUrls): Promise<Snapshots> {
  const open: Connection[] = []
  const end = async () => {
    await Promise.all(open.map((connection) => connection.end()))
  }
  const connect = async (name: keyof DatabaseUrls) => {
    const connection = await connectTo(urls, name)
    open.push(connection)
    return connection
  }
  try {
    const [order, product, gate] = [
      await connect('order_db'),
      await connect('product_db'),
      await connect('order_db'),
    ]
    for (const { db } of [order, product]) await db.query('begin isolation level repeatable read read only')
    const held = await holdWritesBack(gate)
    const takenAt = { order_db: await freeze(order), product_db: await freeze(product) }
    const oneCut = held && (await letWritesGo(gate))
    await gate.end()
    return { order, product, takenAt, oneCut, end }
  } catch (error) {
    await end()
    throw error
  }
}

/**
 * In this order nobody waits in a circle: whoever finishes an order locks its placement's row, writes the order, and then
 * the placement. A product database that does not answer keeps nobody waiting for long.
 */
async function holdWritesBack({ db }: Connection): Promise<boolean> {
  try {
    await db.query(`begin; set local lock_timeout = '2s'; set local idle_in_transaction_session_timeout = '3s';
      lock table orders, placements in share mode`)
    return true
  } catch {
    return false
  }
}

/** False where they were not held back until now. */
async function letWritesGo({ db }: Connection): Promise<boolean> {
  return db.query('commit').then(
    () => true,
    () => false,
  )
}

/** The snapshot is taken by the first statement. */
async function freeze({ db }: Connection): Promise<string> {
  const { rows } = await db.query<{ at: Date }>(bounded('select clock_timestamp() as at'))
  return rows[0]?.at.toISOString() ?? ''
}
