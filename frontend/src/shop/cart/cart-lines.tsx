import { useRef, useState } from 'react'
import { announce } from '../../ui/announce.tsx'
import { type CartLine, removeLine, restoreLine } from './cart.ts'
import { CartLineRow } from './cart-line-row.tsx'
import { updateCart } from './cart-store.ts'
import { RemovedRow } from './removed-row.tsx'
import type { ReviewedLine } from './use-reviewed-cart.ts'

type Removed = { line: CartLine; index: number }

/** The lines with their quantities; a removed one leaves a row to bring it back until the list is left. */
export function CartLines({ reviewed }: { reviewed: ReviewedLine[] }) {
  const list = useRef<HTMLUListElement>(null)
  const [removed, setRemoved] = useState<Removed[]>([])
  const remove = (line: CartLine, index: number) => {
    updateCart((lines) => removeLine(lines, line.productId))
    setRemoved((before) => [...before, { line, index }])
    announce(`${line.name} removed from cart.`)
  }
  const undo = ({ line, index }: Removed) => {
    updateCart((lines) => restoreLine(lines, line, index))
    setRemoved((before) => before.filter((other) => other.line !== line))
    announce(`${line.name} is back in the cart.`)
    // The pressed button goes away with its row: go on at the line that took its place.
    requestAnimationFrame(() => {
      list.current?.querySelector<HTMLElement>(`[data-line="${line.productId}"] a`)?.focus()
    })
  }
  const present = new Set(reviewed.map(({ line }) => line.productId))
  const rows = [
    ...reviewed.map((entry, index) => ({ key: entry.line.productId, index, entry, gone: null })),
    ...removed
      .filter(({ line }) => !present.has(line.productId))
      .map((gone) => ({ key: gone.line.productId, index: gone.index - 0.5, entry: null, gone })),
  ].sort((a, b) => a.index - b.index)

  return (
    <ul ref={list} className="divide-y divide-line">
      {rows.map(({ key, index, entry, gone }) => (
        <li key={key} data-line={key}>
          {entry && <CartLineRow {...entry} onRemove={() => remove(entry.line, index)} />}
          {gone && <RemovedRow name={gone.line.name} onUndo={() => undo(gone)} />}
        </li>
      ))}
    </ul>
  )
}
