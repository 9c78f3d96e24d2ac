import { Link } from '@tanstack/react-router'
import { config } from '../config.ts'
import { CartButton } from '../shop/cart/cart-button.tsx'

/** The sign over the door, the two areas, and the cart. */
export function Header() {
  return (
    <header className="sticky top-0 z-20 border-line border-b bg-paper">
      <div className="page flex h-16 items-center gap-1 md:gap-2">
        <Link to="/" className="-ml-1 mr-auto flex items-center gap-2.5 rounded-control p-1">
          <TallyMark />
          <span className="display text-[1.375rem]">{config.shopName}</span>
        </Link>
        <nav aria-label="Main" className="flex">
          <Link to="/" activeOptions={{ exact: true, includeSearch: false }} className={linkClass}>
            Shop
          </Link>
          <Link to="/staff" activeOptions={{ includeSearch: false }} className={linkClass}>
            Staff
          </Link>
        </nav>
        <CartButton />
      </div>
    </header>
  )
}

const linkClass =
  'inline-flex min-h-11 items-center rounded-control px-3 text-muted text-[0.9375rem] hover:text-ink data-[status=active]:font-medium data-[status=active]:text-ink'

/** Four strokes and one across: the shop counts. */
function TallyMark() {
  return (
    <svg viewBox="0 0 32 32" className="size-8" aria-hidden="true" fill="none">
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <g className="stroke-on-accent" strokeWidth="2.2" strokeLinecap="round">
        <path d="M9 8.5v15M13.7 8.5v15M18.4 8.5v15M23.1 8.5v15M5.8 20.5 26.3 11.5" />
      </g>
    </svg>
  )
}
