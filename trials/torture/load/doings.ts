import type { OperationKind } from '../history.ts'
import type { Random } from '../random.ts'
import { order, reuseKey } from './buying.ts'
import type { Client, Ending, Operation } from './client.ts'
import { cancel, deleteOrder, move } from './order-changes.ts'
import { list, picture, read } from './reading.ts'
import { adjustStock, createProduct, deleteProduct, editPrice, upload } from './staff.ts'

/** Something that a client may do, by how often of a thousand times. */
export type Doing = {
  kind: OperationKind
  weight: number
  work: (client: Client, operation: Operation) => Promise<Ending>
  /** What has to be there first. */
  needs?: 'order' | 'picture'
}

const ordering: Doing = { kind: 'order', weight: 790, work: order }
const replacing: Doing = { kind: 'create_product', weight: 0, work: createProduct }
const deleting: Doing = { kind: 'delete_product', weight: 2, work: deleteProduct }

/** Four fifths are orders. */
const doings: Doing[] = [
  ordering,
  { kind: 'reused_key', weight: 8, work: reuseKey, needs: 'order' },
  { kind: 'cancel', weight: 60, work: cancel, needs: 'order' },
  { kind: 'move', weight: 35, work: move, needs: 'order' },
  { kind: 'delete_order', weight: 10, work: deleteOrder, needs: 'order' },
  { kind: 'adjust_stock', weight: 25, work: adjustStock },
  { kind: 'edit_price', weight: 12, work: editPrice },
  deleting,
  { kind: 'list', weight: 25, work: list },
  { kind: 'read', weight: 25, work: read },
  { kind: 'upload', weight: 4, work: upload },
  { kind: 'picture', weight: 4, work: picture, needs: 'picture' },
]

const everyWeight = doings.reduce((sum, { weight }) => sum + weight, 0)

/** What a client does next: an order, where what was drawn needs something that is not there. */
export function drawDoing({ random, ownOrders, catalogue }: Client): Doing {
  const drawn = byWeight(random)
  if (drawn === deleting && catalogue.findGap()) return replacing
  const lacks = { order: ownOrders.length === 0, picture: catalogue.pictures.length === 0 }
  return drawn.needs && lacks[drawn.needs] ? ordering : drawn
}

function byWeight(random: Random): Doing {
  let rest = random.integer(1, everyWeight)
  for (const doing of doings) {
    rest -= doing.weight
    if (rest <= 0) return doing
  }
  return ordering
}
