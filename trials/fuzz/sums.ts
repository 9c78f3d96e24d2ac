type Item = { quantity: number; price_at_purchase: number; item_total: number }

/** Whether the items and the total of an order, or of each order in a list, add up to the cent. */
export function faultsInSums(body: unknown): string[] {
  const orders = [body].flat().filter(isOrder)
  return orders.flatMap(({ total_amount: total, items }) => {
    const wrong = items.filter(
      (item) => toCents(item.price_at_purchase) * item.quantity !== toCents(item.item_total),
    )
    const sum = items.reduce((cents, item) => cents + toCents(item.item_total), 0)
    return [
      ...wrong.map((item) => `${item.quantity} × ${item.price_at_purchase} is not ${item.item_total}.`),
      ...(sum === toCents(total) ? [] : [`The total is ${total}, and its items add up to ${sum} cents.`]),
    ]
  })
}

function isOrder(value: unknown): value is { total_amount: number; items: Item[] } {
  return typeof value === 'object' && value !== null && 'total_amount' in value && 'items' in value
}

function toCents(amount: number): number {
  return Math.round(amount * 100)
}
