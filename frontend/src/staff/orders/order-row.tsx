import { Link } from '@tanstack/react-router'
import type { Order } from '../../api/types.ts'
import { centsOf } from '../../money.ts'
import type { Status } from '../../order-status.ts'
import { Money } from '../../ui/money.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { formatMoment } from '../../words.ts'

/** An order in the list: number, state, what is in it, what it comes to. */
export function OrderRow({ order, status }: { order: Order; status: Status | null }) {
  const { order_id: id, items } = order
  const more = items.length > 1 ? ` and ${items.length - 1} more` : ''
  return (
    <Link
      to="/staff/orders/$orderId"
      params={{ orderId: String(id) }}
      search={status ? { status } : {}}
      resetScroll={false}
      className="-mx-3 grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1 rounded-control px-3 py-3.5 hover:bg-ground data-[status=active]:bg-ground"
    >
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="figures font-medium text-lg">Order {id}</span>
        <StatusBadge status={order.status} />
      </span>
      <Money cents={centsOf(order.total_amount)} className="text-right text-lg" />
      <span className="truncate text-muted text-sm">
        {items[0] ? `${items[0].quantity} × ${items[0].product_name}${more}` : ''}
      </span>
      <span className="text-right text-muted text-sm">{formatMoment(order.order_date)}</span>
    </Link>
  )
}
