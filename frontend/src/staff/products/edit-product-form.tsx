import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { failureWords, faultsByField, Problem } from '../../api/problem.ts'
import { getProduct, type ProductVersion, updateProduct } from '../../api/products.ts'
import { Button } from '../../ui/button.tsx'
import { adoptProduct } from './adopt-product.ts'
import { ConflictNotice } from './conflict-notice.tsx'
import { focusFirstFault } from './focus-first-fault.ts'
import {
  type Conflict,
  changesBetween,
  type DraftFaults,
  draftFaults,
  draftOf,
  faultsOf,
  mergeDraft,
} from './product-draft.ts'
import { ProductFields } from './product-fields.tsx'

/** Changes a product from the version that is shown; another's change in between is shown, never overwritten unasked. */
export function EditProductForm({ version }: { version: ProductVersion }) {
  const [base, setBase] = useState(version)
  const [draft, setDraft] = useState(() => draftOf(version.product))
  const [faults, setFaults] = useState<DraftFaults>({})
  const [conflicts, setConflicts] = useState<Conflict[]>([])
  const form = useRef<HTMLFormElement>(null)
  const cache = useQueryClient()

  const moveTo = (next: ProductVersion) => {
    const { merged, conflicts: found } = mergeDraft(draftOf(base.product), draft, draftOf(next.product))
    setBase(next)
    setDraft(merged)
    return found
  }
  // A version that came from elsewhere on this page (a picture, an adjustment) is taken over where nothing is lost by it.
  if (version !== base && version.etag && version.etag !== base.etag) moveTo(version)

  const save = useMutation({
    mutationFn: () =>
      updateProduct(base.product.product_id, changesBetween(draftOf(base.product), draft), base.etag),
    onSuccess: (saved) => {
      setConflicts([])
      setFaults({})
      setBase(saved)
      setDraft(draftOf(saved.product))
      adoptProduct(cache, saved)
    },
    onError: async (error) => {
      setFaults(faultsOf(faultsByField(error)))
      if (!(error instanceof Problem && error.status === 412)) return
      const theirs = await getProduct(base.product.product_id)
      setConflicts(moveTo(theirs))
      adoptProduct(cache, theirs)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (save.isPending) return
    const found = draftFaults(draft)
    setFaults(found)
    if (!focusFirstFault(form.current, found)) save.mutate()
  }
  const conflict = save.error instanceof Problem && save.error.status === 412

  return (
    <form ref={form} noValidate onSubmit={submit}>
      {conflict && <ConflictNotice conflicts={conflicts} />}
      <ProductFields
        draft={draft}
        faults={faults}
        stockHint="A new count. For goods in or out, adjust below."
        onChange={(next) => {
          if (save.isSuccess) save.reset()
          setDraft(next)
        }}
      />
      <p role="alert" className="mt-5 text-danger empty:hidden">
        {save.error && !conflict && Object.keys(faults).length === 0 ? failureWords(save.error) : null}
      </p>
      <div className="mt-7 flex items-center gap-4">
        <Button kind="primary" type="submit" busy={save.isPending}>
          Save product
        </Button>
        <p role="status" className="text-muted text-sm">
          {save.isSuccess ? 'Saved.' : ''}
        </p>
      </div>
    </form>
  )
}
