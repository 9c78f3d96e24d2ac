import { readTold } from './deeds.ts'
import type { Evidence } from './evidence.ts'
import type { AddFinding } from './finding.ts'
import { productIn } from './prices.ts'

/** `shown`: the total, lines and address of an order, the name and price of a product are what they are when they are read. */
export function judgeShown(evidence: Evidence, add: AddFinding): void {
  const byId = new Map([...evidence.orders.values()].map((order) => [order.orderId, order]))
  for (const { operation, sent } of evidence.deeds.of('read', 'edit_price')) {
    for (const { at, path, body, answer } of sent) {
      if (answer?.status !== 200 || answer.text === undefined) continue
      const called = `Operation ${operation} was shown`
      const productId = productIn(path)
      if (productId === undefined) {
        const { orderId, total, lines, address } = readTold(answer.text)
        const order = byId.get(orderId ?? null)
        const isRight = order?.total === total && order?.lines === lines && order?.address === address
        if (path !== `/orders/${orderId}` || !isRight)
          add('shown', `${called} ${path} as order ${orderId} of ${total} with ${lines} for ${address}.`)
        continue
      }
      const { product_id: id, name, price } = JSON.parse(answer.text)
      const isOther = id !== productId || name !== evidence.product.products.get(id)?.name
      if (isOther) add('shown', `${called} ${path} as product ${id}, ${name}.`)
      const isRight =
        body !== undefined ? price === body.price : evidence.prices.had(id, price.toFixed(2), at, answer.at)
      if (!isRight) add('shown', `${called} ${path} at ${price}, which was not its price.`)
    }
  }
}
