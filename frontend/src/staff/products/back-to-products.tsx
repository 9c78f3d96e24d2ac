import { Link } from '@tanstack/react-router'
import { BackIcon } from '../../ui/icons.tsx'

/** The way back to the list. */
export function BackToProducts() {
  return (
    <Link
      to="/staff/products"
      className="-ml-2 inline-flex min-h-11 items-center gap-1 rounded-control px-2 text-muted text-sm hover:text-ink"
    >
      <BackIcon className="size-4" />
      All products
    </Link>
  )
}
