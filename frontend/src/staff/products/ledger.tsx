import type { Movement } from '../../api/types.ts'
import { classNames } from '../../ui/class-names.ts'
import { formatCount, formatMoment, sentence } from '../../words.ts'
import { LedgerOrder } from './ledger-order.tsx'

/** Movements, newest first: what came or went, why, by whom, and what was left. */
export function Ledger({ movements, name }: { movements: Movement[]; name: string }) {
  return (
    <table className="w-full border-collapse text-left text-sm">
      <caption className="sr-only">Movements of {name}, newest first</caption>
      <thead>
        <tr className="border-line border-b text-muted">
          <th scope="col" className="pb-2 font-normal">
            Why
          </th>
          <th scope="col" className="pb-2 pl-3 text-right font-normal">
            Change
          </th>
          <th scope="col" className="pb-2 pl-6 text-right font-normal">
            Left
          </th>
        </tr>
      </thead>
      <tbody>
        {movements.map((movement) => (
          <MovementRow key={movement.movement_id} movement={movement} />
        ))}
      </tbody>
    </table>
  )
}

function MovementRow({ movement }: { movement: Movement }) {
  const { delta, reason, order_uid: orderUid, actor, balance, created_at: at } = movement
  const sign = delta > 0 ? '+' : '−'
  return (
    <tr className="border-line border-b align-baseline">
      <td className="py-2.5 [overflow-wrap:anywhere]">
        {orderUid ? <LedgerOrder orderUid={orderUid} reason={sentence(reason)} /> : sentence(reason)}
        <span className="block text-[0.8125rem] text-muted">
          {formatMoment(at)}
          {!orderUid && `, ${actor}`}
        </span>
      </td>
      <td className={classNames('figures py-2.5 pl-3 text-right text-base', delta > 0 && 'text-accent')}>
        {sign}
        {formatCount(Math.abs(delta))}
      </td>
      <td className="figures py-2.5 pl-6 text-right text-base">{formatCount(balance)}</td>
    </tr>
  )
}
