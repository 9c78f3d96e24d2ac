import type { Patch } from '../shop/patched-backend.ts'

/** How old an order without a verdict has to be at least, for anybody to call it off. */
export const abandonAfterMs = 8_000

/** The same protocol in less time, so that leases run out and orders are called off many times in a short trial. */
export const hurried: Patch = {
  name: 'hurried',
  about: 'A lease lasts 4 s, and an order without a verdict is called off after 8 s.',
  edits: [
    {
      file: 'order_service/src/postgres/placements.ts',
      find: 'const leaseSeconds = 15',
      replace: 'const leaseSeconds = 4',
    },
    {
      file: 'order_service/src/domain/settle-placements.ts',
      find: 'const abandonAfterMs = 120_000',
      replace: `const abandonAfterMs = ${abandonAfterMs}`,
    },
  ],
}
