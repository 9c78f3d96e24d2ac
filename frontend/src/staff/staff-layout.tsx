import { Link, Outlet } from '@tanstack/react-router'

/** The back room: its two areas, and the page of one of them. */
export function StaffLayout() {
  return (
    <div className="page pt-6 md:pt-8">
      <nav aria-label="Staff" className="flex gap-6 border-line border-b">
        <Link to="/staff/products" activeOptions={{ includeSearch: false }} className={tabClass}>
          Products
        </Link>
        <Link to="/staff/orders" activeOptions={{ includeSearch: false }} className={tabClass}>
          Orders
        </Link>
      </nav>
      <Outlet />
    </div>
  )
}

const tabClass =
  '-mb-px inline-flex min-h-11 items-center border-transparent border-b-2 text-[0.9375rem] text-muted hover:text-ink data-[status=active]:border-accent data-[status=active]:font-medium data-[status=active]:text-ink'
