import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { moveOrder } from '../../api/orders.ts'
import { failureWords } from '../../api/problem.ts'
import { orderQuery } from '../../api/queries.ts'
import type { Order } from '../../api/types.ts'
import { canCancel } from '../../order-status.ts'
import { announce } from '../../ui/announce.tsx'
import { Button } from '../../ui/button.tsx'
import { useLoaded } from '../../ui/use-loaded.ts'

const loadDialog = async () => (await import('../../ui/confirm-dialog.tsx')).ConfirmDialog

/** Cancels the order, after asking, while it has not left yet. */
export function CancelOrder({ order, token }: { order: Order; token: string | null }) {
  const [asking, setAsking] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const { loaded: ConfirmDialog, load, preload } = useLoaded(loadDialog)
  const cache = useQueryClient()
  const { queryKey } = orderQuery(order.order_id, token)
  const cancel = useMutation({
    mutationFn: () => moveOrder(order.order_id, 'cancelled', token),
    onSuccess: (cancelled) => {
      cache.setQueryData(queryKey, cancelled)
      void cache.invalidateQueries({ queryKey: ['products'] })
      setAsking(false)
      announce(`Order ${order.order_id} is cancelled.`)
    },
    // It may have left meanwhile: show where it stands now.
    onError: () => cache.invalidateQueries({ queryKey }),
  })
  const ask = async () => {
    setFault(null)
    await load().then(
      () => setAsking(true),
      () => setFault('The question could not be loaded. Please try again.'),
    )
  }
  // While the question is open it stays, to tell what became of it.
  if (!canCancel(order.status) && !asking) return null
  return (
    <section>
      <h2 className="font-medium text-sm">Changed your mind?</h2>
      <p className="mt-2 text-muted text-sm">You can cancel until it is shipped.</p>
      <Button
        size="small"
        kind="danger"
        className="mt-3"
        onPointerEnter={preload}
        onFocus={preload}
        onClick={() => void ask()}
      >
        Cancel order
      </Button>
      <p role="alert" className="mt-2 text-danger text-sm empty:hidden">
        {fault}
      </p>
      {ConfirmDialog && (
        <ConfirmDialog
          open={asking}
          title={`Cancel order ${order.order_id}?`}
          text="Nothing will be sent and the goods go back on the shelf. This cannot be undone."
          confirm="Cancel order"
          keep="Keep order"
          busy={cancel.isPending}
          error={cancel.error ? failureWords(cancel.error) : null}
          onConfirm={() => cancel.mutate()}
          onClose={() => {
            setAsking(false)
            cancel.reset()
          }}
        />
      )}
    </section>
  )
}
