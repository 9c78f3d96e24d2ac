import type { Refusal } from './refusal.ts'

/** Says why the order was not placed, line by line. */
export function RefusalNotice({ refusal }: { refusal: Refusal | null }) {
  return (
    <div role="alert">
      {refusal && (
        <div className="mt-5 rounded-control bg-danger-soft px-4 py-3 text-danger text-sm">
          <p className="font-medium">{refusal.title}</p>
          {refusal.lines.length > 0 && (
            <ul className="mt-1.5 list-disc space-y-1 pl-4">
              {refusal.lines.map(({ productId, words }) => (
                <li key={productId}>{words}</li>
              ))}
            </ul>
          )}
        </div>
      )}
    </div>
  )
}
