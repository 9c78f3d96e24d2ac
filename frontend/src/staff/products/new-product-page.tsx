import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { failureWords, faultsByField } from '../../api/problem.ts'
import { createProduct } from '../../api/products.ts'
import { Title } from '../../app/title.tsx'
import { Button, buttonClass } from '../../ui/button.tsx'
import { BackToProducts } from './back-to-products.tsx'
import { focusFirstFault } from './focus-first-fault.ts'
import { handOverPicture } from './handed-picture.ts'
import { PictureChoice } from './picture-choice.tsx'
import {
  type Draft,
  type DraftFaults,
  draftFaults,
  emptyDraft,
  faultsOf,
  newProductOf,
} from './product-draft.ts'
import { ProductFields } from './product-fields.tsx'

/** A new product; its picture is chosen here and goes up once the product exists. */
export function NewProductPage() {
  const [draft, setDraft] = useState<Draft>(emptyDraft)
  const [faults, setFaults] = useState<DraftFaults>({})
  const [picture, setPicture] = useState<File | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const cache = useQueryClient()
  const navigate = useNavigate()

  const create = useMutation({
    mutationFn: () => createProduct(newProductOf(draft)),
    onSuccess: async (product) => {
      if (picture) handOverPicture(product.product_id, picture)
      await cache.invalidateQueries({ queryKey: ['products'] })
      await navigate({
        to: '/staff/products/$productId',
        params: { productId: String(product.product_id) },
        state: { notice: `${product.name} is on the shelf.` },
        replace: true,
      })
    },
    onError: (error) => setFaults(faultsOf(faultsByField(error))),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (create.isPending) return
    const found = draftFaults(draft)
    setFaults(found)
    if (!focusFirstFault(form.current, found)) create.mutate()
  }

  return (
    <div className="max-w-5xl pt-4">
      <Title of="New product" />
      <BackToProducts />
      <h1 className="display mt-1 text-4xl">New product</h1>
      <form
        ref={form}
        noValidate
        onSubmit={submit}
        className="mt-8 grid gap-10 md:grid-cols-[18rem_minmax(0,1fr)] lg:grid-cols-[24rem_minmax(0,1fr)] lg:gap-14"
      >
        <div className="min-w-0">
          <PictureChoice file={picture} onChoose={setPicture} />
        </div>
        <div>
          <ProductFields draft={draft} faults={faults} onChange={setDraft} />
          <p role="alert" className="mt-5 text-danger empty:hidden">
            {create.error && Object.keys(faults).length === 0 ? failureWords(create.error) : null}
          </p>
          <div className="mt-7 flex gap-3">
            <Button kind="primary" type="submit" busy={create.isPending}>
              Save product
            </Button>
            <Link to="/staff/products" className={buttonClass('plain')}>
              Cancel
            </Link>
          </div>
        </div>
      </form>
    </div>
  )
}
