import { currencySign } from '../../money.ts'
import type { Conflict, Draft } from './product-draft.ts'

const names: Record<keyof Draft, string> = {
  name: 'Name',
  description: 'Description',
  price: 'Price',
  stock: 'Stock',
}

/** Somebody else changed the product meanwhile: their values beside those typed here, and what saving again will do. */
export function ConflictNotice({ conflicts }: { conflicts: Conflict[] }) {
  return (
    <div role="alert" className="mb-6 rounded-control bg-warn-soft px-4 py-3 text-sm text-warn">
      <p className="font-medium">Someone else changed this product. Nothing was overwritten.</p>
      <dl className="mt-2 space-y-2">
        {conflicts.map(({ field, theirs, mine }) => (
          <div key={field}>
            <dt className="font-medium">{names[field]}</dt>
            <dd className="whitespace-pre-line break-words">
              Theirs: {shown(field, theirs)}
              {mine !== null && <span className="block">Yours: {shown(field, mine)}</span>}
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-2">
        {conflicts.some(({ mine }) => mine !== null)
          ? 'What you typed still stands below. Save again to put it in place of theirs, or change it first.'
          : 'Their values are in the form now, beside what you typed. Save again to save yours.'}
      </p>
    </div>
  )
}

function shown(field: keyof Draft, value: string): string {
  if (field === 'price') return `${currencySign}${value}`
  return value || '(nothing)'
}
