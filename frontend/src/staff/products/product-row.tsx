import { Link } from '@tanstack/react-router'
import type { Product } from '../../api/types.ts'
import { config } from '../../config.ts'
import { amountOf, centsOf, currencySign, formatMoney, parsePrice, priceText } from '../../money.ts'
import { stockOf } from '../../stock.ts'
import { classNames } from '../../ui/class-names.ts'
import { LedgerIcon } from '../../ui/icons.tsx'
import { Picture } from '../../ui/picture.tsx'
import { formatCount } from '../../words.ts'
import { InlineNumber } from './inline-number.tsx'

/** One product in the staff's list. */
export function ProductRow({ product }: { product: Product }) {
  const { product_id: id, name, price, stock_quantity: stock } = product
  const params = { productId: String(id) }
  return (
    <div className={`${rowClass} py-3`}>
      <Picture
        url={product.thumbnail_url ?? product.image_url}
        seed={id}
        className="rounded-control max-md:row-span-3 max-md:self-start"
      />
      <Link
        to="/staff/products/$productId"
        params={params}
        className="min-w-0 break-words py-1 font-medium underline-offset-4 hover:underline max-md:col-span-2"
      >
        {name}
      </Link>
      <InlineNumber
        product={product}
        label={`Price of ${name}`}
        prefix={currencySign}
        read={({ price: now }) => priceText(centsOf(now))}
        show={(text) => formatMoney(parsePrice(text) ?? 0)}
        parse={parsePriceField}
      >
        {formatMoney(centsOf(price))}
      </InlineNumber>
      <InlineNumber
        product={product}
        label={`Stock of ${name}`}
        unit="in stock"
        read={({ stock_quantity: now }) => String(now)}
        show={(text) => formatCount(Number(text))}
        parse={parseStockField}
        className={classNames(stockOf(stock).level !== 'plenty' && 'font-medium text-warn')}
      >
        {formatCount(stock)}
      </InlineNumber>
      <Link
        to="/staff/products/$productId"
        params={params}
        hash="ledger"
        aria-label={`Ledger of ${name}`}
        title="Ledger"
        className="grid size-10 place-items-center rounded-control text-muted hover:bg-ground hover:text-ink max-md:hidden"
      >
        <LedgerIcon className="size-5" />
      </Link>
    </div>
  )
}

/** The columns of the list: picture, name, price, stock, ledger; on a small screen two rows beside the picture. */
export const rowClass =
  'grid grid-cols-[4rem_minmax(0,1fr)_minmax(0,1fr)] items-center gap-x-4 md:grid-cols-[4rem_minmax(0,1fr)_9rem_9rem_2.5rem] md:gap-x-6'

function parsePriceField(text: string) {
  const cents = parsePrice(text)
  if (cents === null) return { fault: 'A price such as 12.50' }
  if (cents === 0) return { fault: 'More than nothing' }
  if (cents > config.limits.priceCents) return { fault: `At most ${formatMoney(config.limits.priceCents)}` }
  return { changes: { price: amountOf(cents) } }
}

function parseStockField(text: string) {
  const units = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (Number.isNaN(units)) return { fault: 'A whole number' }
  if (units > config.limits.stockUnits) return { fault: `At most ${formatCount(config.limits.stockUnits)}` }
  return { changes: { stock_quantity: units } }
}
