import type { DraftFaults } from './product-draft.ts'

const order = ['name', 'price', 'stock', 'description'] as const

/** Moves the focus to the first field with a fault; false where there is none. */
export function focusFirstFault(form: HTMLFormElement | null, faults: DraftFaults): boolean {
  const first = order.find((field) => faults[field])
  if (!first) return false
  form?.querySelector<HTMLElement>(`[name=${first}]`)?.focus()
  return true
}
