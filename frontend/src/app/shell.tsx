import { Outlet } from '@tanstack/react-router'
import { config } from '../config.ts'
import { OpenAttemptNotice } from '../shop/checkout/open-attempt-notice.tsx'
import { Announcer } from '../ui/announce.tsx'
import { Header } from './header.tsx'
import { OpenAccessBanner } from './open-access-banner.tsx'
import { useArrival } from './use-arrival.ts'

/** What stands around every page. */
export function Shell() {
  const main = useArrival()
  return (
    <div>
      <a
        href="#main"
        className="sr-only z-50 rounded-control bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      {config.access === 'open' && <OpenAccessBanner />}
      <Header />
      <OpenAttemptNotice />
      {/* At least a screen high, so that the footer does not move while the page fills. */}
      <main ref={main} id="main" tabIndex={-1} className="min-h-[calc(100dvh-6rem)]">
        <Outlet />
      </main>
      <footer className="mt-20 border-line border-t">
        <p className="page py-8 text-muted text-sm">{config.shopName}. Every number can be opened.</p>
      </footer>
      <Announcer />
    </div>
  )
}
