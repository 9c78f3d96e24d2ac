import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { findOrderId } from '../../api/orders.ts'
import { failureWords } from '../../api/problem.ts'

/** Opens the order behind a movement: the ledger knows its key, the order service its number. */
export function LedgerOrder({ orderUid, reason }: { orderUid: string; reason: string }) {
  const navigate = useNavigate()
  const open = useMutation({
    mutationFn: () => findOrderId(orderUid),
    onSuccess: (id) =>
      id === null ? null : navigate({ to: '/staff/orders/$orderId', params: { orderId: String(id) } }),
  })
  const gone = open.data === null
  return (
    <>
      <button
        type="button"
        aria-label={`${reason}: open the order`}
        className="-my-1 rounded-control py-1 underline decoration-edge underline-offset-4 hover:decoration-ink"
        onClick={() => !open.isPending && open.mutate()}
      >
        {reason}
      </button>
      <span role="status" className="ml-2 text-muted">
        {gone && 'This order was deleted.'}
        {open.error && failureWords(open.error)}
      </span>
    </>
  )
}
