import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { deleteOrder } from '../../api/orders.ts'
import { failureWords, isNotFound } from '../../api/problem.ts'
import type { Order } from '../../api/types.ts'
import { canCancel, type Status } from '../../order-status.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'

/** Takes an order out of the books, after asking and saying what that does to the stock. */
export function DeleteOrder({ order }: { order: Order }) {
  const [asking, setAsking] = useState(false)
  const cache = useQueryClient()
  const navigate = useNavigate()
  const id = order.order_id
  const remove = useMutation({
    // Gone already is what was wanted.
    mutationFn: () =>
      deleteOrder(id).catch((error: unknown) => {
        if (!isNotFound(error)) throw error
      }),
    onSuccess: async () => {
      await navigate({ to: '/staff/orders', search: true, state: { notice: `Order ${id} is deleted.` } })
      cache.removeQueries({ queryKey: ['order', id] })
      for (const queryKey of [['orders'], ['products'], ['product'], ['movements']]) {
        void cache.invalidateQueries({ queryKey })
      }
    },
  })
  return (
    <div className="mt-8 border-line border-t pt-5">
      <Button size="small" kind="danger" onClick={() => setAsking(true)}>
        Delete order
      </Button>
      <ConfirmDialog
        open={asking}
        title={`Delete order ${id}?`}
        text={stockWords(order.status)}
        confirm="Delete order"
        keep="Keep it"
        busy={remove.isPending}
        error={remove.error ? failureWords(remove.error) : null}
        onConfirm={() => remove.mutate()}
        onClose={() => {
          setAsking(false)
          remove.reset()
        }}
      />
    </div>
  )
}

/** What deleting an order of this status does to the stock. */
function stockWords(status: Status): string {
  if (canCancel(status)) return 'It has not left yet, so it is cancelled too: its goods go back on the shelf.'
  if (status === 'cancelled') return 'Its goods are back on the shelf already; the stock does not change.'
  return 'Its goods have left and stay sold: the stock does not change.'
}
