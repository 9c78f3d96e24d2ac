import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { failureWords, isNotFound } from '../../api/problem.ts'
import { deleteProduct } from '../../api/products.ts'
import type { Product } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'

/** Takes a product off the shelves, after asking. */
export function DeleteProduct({ product }: { product: Product }) {
  const [asking, setAsking] = useState(false)
  const cache = useQueryClient()
  const navigate = useNavigate()
  const { product_id: id, name } = product
  const remove = useMutation({
    // Gone already is what was wanted.
    mutationFn: () =>
      deleteProduct(id).catch((error: unknown) => {
        if (!isNotFound(error)) throw error
      }),
    onSuccess: async () => {
      await navigate({ to: '/staff/products', state: { notice: `${name} is deleted.` } })
      cache.removeQueries({ queryKey: ['product', id] })
      await cache.resetQueries({ queryKey: ['products'] })
    },
  })
  return (
    <section className="mt-16 flex flex-wrap items-center justify-between gap-x-8 gap-y-4 border-line border-t pt-8">
      <p className="text-muted text-sm">
        A deleted product leaves the shop for good. Orders keep their lines.
      </p>
      <Button kind="danger" onClick={() => setAsking(true)}>
        Delete product
      </Button>
      <ConfirmDialog
        open={asking}
        title={`Delete ${name}?`}
        text="It leaves the shop for good. Orders that have it keep their lines and can still be cancelled."
        confirm="Delete product"
        keep="Keep it"
        busy={remove.isPending}
        error={remove.error ? failureWords(remove.error) : null}
        onConfirm={() => remove.mutate()}
        onClose={() => {
          setAsking(false)
          remove.reset()
        }}
      />
    </section>
  )
}
