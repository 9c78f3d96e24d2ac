import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { moveOrder } from '../../api/orders.ts'
import { failureWords } from '../../api/problem.ts'
import type { Order } from '../../api/types.ts'
import { movesFrom, type Status } from '../../order-status.ts'
import { announce } from '../../ui/announce.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { adoptOrder } from './adopt-order.ts'

const words: Record<Exclude<Status, 'pending' | 'cancelled'>, string> = {
  processing: 'Start processing',
  shipped: 'Mark as shipped',
  delivered: 'Mark as delivered',
}

/** The moves that this order may make now, and no others. */
export function OrderMoves({ order }: { order: Order }) {
  const [asking, setAsking] = useState(false)
  const cache = useQueryClient()
  const moves = movesFrom(order.status)
  const move = useMutation({
    mutationFn: (status: Status) => moveOrder(order.order_id, status),
    onSuccess: (moved) => {
      announce(`Order ${moved.order_id} is ${moved.status}.`)
      setAsking(false)
      adoptOrder(cache, moved)
    },
    // It was moved by somebody else: show where it stands now.
    onError: () => {
      void cache.invalidateQueries({ queryKey: ['order', order.order_id] })
      void cache.invalidateQueries({ queryKey: ['orders'] })
    },
  })
  if (moves.length === 0 && !move.error) return null
  const next = moves[0]
  return (
    <div className="mt-5">
      <div className="flex flex-wrap gap-2">
        {moves.map((status) =>
          status === 'cancelled' || status === 'pending' ? null : (
            <Button
              key={status}
              size="small"
              kind={status === next ? 'primary' : 'quiet'}
              busy={move.isPending && move.variables === status}
              disabled={move.isPending && move.variables !== status}
              onClick={() => move.mutate(status)}
            >
              {words[status]}
            </Button>
          ),
        )}
        {moves.includes('cancelled') && (
          <Button size="small" kind="danger" disabled={move.isPending} onClick={() => setAsking(true)}>
            Cancel order
          </Button>
        )}
      </div>
      {!asking && move.error && (
        <p role="alert" className="mt-3 text-danger text-sm">
          {failureWords(move.error)}
        </p>
      )}
      <ConfirmDialog
        open={asking}
        title={`Cancel order ${order.order_id}?`}
        text="Its goods go back on the shelf. This cannot be undone."
        confirm="Cancel order"
        keep="Keep order"
        busy={move.isPending}
        error={move.error ? failureWords(move.error) : null}
        onConfirm={() => move.mutate('cancelled')}
        onClose={() => {
          setAsking(false)
          move.reset()
        }}
      />
    </div>
  )
}
