import { Link } from '@tanstack/react-router'
import type { Order } from '../api/types.ts'
import { centsOf } from '../money.ts'
import { Money } from './money.tsx'

/** The lines an order's total is the sum of, at the prices of the moment it was placed. */
export function OrderLines({ order, linked = false }: { order: Order; linked?: boolean }) {
  return (
    <table className="w-full border-collapse text-left">
      <caption className="sr-only">Lines of order {order.order_id}</caption>
      <thead>
        <tr className="border-line border-b text-muted text-sm">
          <th scope="col" className="pb-2 font-normal">
            Product
          </th>
          <th scope="col" className="pb-2 pl-3 text-right font-normal">
            Quantity
          </th>
          <th scope="col" className="hidden pb-2 pl-3 text-right font-normal sm:table-cell">
            Price
          </th>
          <th scope="col" className="pb-2 pl-3 text-right font-normal">
            Sum
          </th>
        </tr>
      </thead>
      <tbody>
        {order.items.map((item) => (
          <tr key={item.order_item_id} className="border-line border-b align-baseline">
            <td className="py-2 [overflow-wrap:anywhere]">
              {linked ? (
                <Link
                  to="/products/$productId"
                  params={{ productId: String(item.product_id) }}
                  className="inline-block py-1 underline-offset-4 hover:underline"
                >
                  {item.product_name}
                </Link>
              ) : (
                item.product_name
              )}
            </td>
            <td className="figures py-3 pl-3 text-right">{item.quantity}</td>
            <td className="hidden py-3 pl-3 text-right sm:table-cell">
              <Money cents={centsOf(item.price_at_purchase)} />
            </td>
            <td className="py-3 pl-3 text-right">
              <Money cents={centsOf(item.item_total)} />
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr className="align-baseline">
          <th scope="row" className="pt-4 font-medium">
            Total
          </th>
          <td colSpan={3} className="pt-4 text-right">
            <Money cents={centsOf(order.total_amount)} className="text-xl" />
          </td>
        </tr>
      </tfoot>
    </table>
  )
}
