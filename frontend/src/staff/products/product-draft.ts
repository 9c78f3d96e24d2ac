import type { NewProduct, Product, ProductChanges } from '../../api/types.ts'
import { config } from '../../config.ts'
import { amountOf, centsOf, formatMoney, parsePrice, priceText } from '../../money.ts'
import { formatCount } from '../../words.ts'

/** A product as it is typed. */
export type Draft = { name: string; description: string; price: string; stock: string }
export type DraftFaults = Partial<Record<keyof Draft, string>>

export const emptyDraft: Draft = { name: '', description: '', price: '', stock: '' }

/** A product as the form shows it. */
export function draftOf(product: Product): Draft {
  return {
    name: product.name,
    description: product.description ?? '',
    price: priceText(centsOf(product.price)),
    stock: String(product.stock_quantity),
  }
}

/** What is wrong with the fields, in words; empty where nothing is. */
export function draftFaults({ name, price, stock }: Draft): DraftFaults {
  const faults: DraftFaults = {}
  const cents = parsePrice(price)
  if (!name.trim()) faults.name = 'A product needs a name.'
  if (cents === null) faults.price = 'A price such as 12.50.'
  else if (cents === 0) faults.price = 'The price must be more than nothing.'
  else if (cents > config.limits.priceCents) {
    faults.price = `At most ${formatMoney(config.limits.priceCents)}.`
  }
  if (!/^\d{1,10}$/.test(stock.trim())) faults.stock = 'How many are there? A whole number.'
  else if (Number(stock) > config.limits.stockUnits) {
    faults.stock = `At most ${formatCount(config.limits.stockUnits)}.`
  }
  return faults
}

/** The body for a new product. The draft has no faults. */
export function newProductOf(draft: Draft): NewProduct {
  return {
    name: draft.name.trim(),
    description: draft.description.trim() ? draft.description : null,
    price: amountOf(parsePrice(draft.price) ?? 0),
    stock_quantity: Number(draft.stock),
  }
}

/** Only what differs from the draft that the editing began with. */
export function changesBetween(before: Draft, after: Draft): ProductChanges {
  const all = newProductOf(after)
  const changes: ProductChanges = {}
  if (after.name.trim() !== before.name) changes.name = all.name
  if (after.description !== before.description) changes.description = all.description ?? null
  if (parsePrice(after.price) !== parsePrice(before.price)) changes.price = all.price
  if (Number(after.stock) !== Number(before.stock)) changes.stock_quantity = all.stock_quantity
  return changes
}

/** A field that somebody else changed while it was being edited. */
export type Conflict = { field: keyof Draft; theirs: string; mine: string | null }

/**
 * Brings a draft onto their version: fields not touched here take their values, touched ones stay and are listed with both.
 */
export function mergeDraft(
  before: Draft,
  mine: Draft,
  theirs: Draft,
): { merged: Draft; conflicts: Conflict[] } {
  const merged = { ...mine }
  const conflicts: Conflict[] = []
  for (const field of Object.keys(mine) as (keyof Draft)[]) {
    if (theirs[field] === before[field]) continue
    const touched = mine[field] !== before[field] && mine[field] !== theirs[field]
    if (!touched) merged[field] = theirs[field]
    conflicts.push({ field, theirs: theirs[field], mine: touched ? mine[field] : null })
  }
  return { merged, conflicts }
}

/** The form's field for each name that the service uses in its faults. */
export function faultsOf(byField: Record<string, string>): DraftFaults {
  const { name, description, price, stock_quantity: stock } = byField
  return {
    ...(name && { name }),
    ...(description && { description }),
    ...(price && { price }),
    ...(stock && { stock }),
  }
}
