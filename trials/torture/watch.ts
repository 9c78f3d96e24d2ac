import type { Finding } from './check/finding.ts'
import { startSampler } from './check/sampler.ts'
import { startChecksSoFar } from './check/so-far.ts'
import type { History } from './history.ts'
import type { Looks } from './looks.ts'
import type { TrialShop } from './shop/shop.ts'

const memoryEveryMs = 5_000

export type Watch = {
  /** How often both databases were looked at. */
  samples: () => number
  /** Ends it; may be called again. */
  stop: () => Promise<void>
}

/** Looks at the shop all the time for what must hold at any moment, and notes what is found, and how much memory is used. */
export function startWatch({
  looks: { product, order },
  history,
  shop,
}: {
  looks: Looks
  history: History
  shop: TrialShop
}): Watch {
  const note = (finding: Finding) => history.record({ type: 'finding', ...finding })
  const sampler = startSampler({ product, order }, note)
  const { logFiles, secrets } = shop
  const checks = startChecksSoFar({ history, product, order, logFiles, secrets }, note)
  const memory = setInterval(() => noteMemory(shop, history), memoryEveryMs)
  const end = async () => {
    clearInterval(memory)
    await Promise.all([sampler.stop(), checks.stop()])
  }
  let ended: Promise<void> | undefined
  return {
    samples: sampler.samples,
    stop: () => {
      ended ??= end()
      return ended
    },
  }
}

function noteMemory({ services }: TrialShop, history: History): void {
  for (const service of services) {
    const megabytes = service.megabytes()
    if (megabytes !== undefined) {
      history.record({ type: 'memory', on: service.name, pid: service.pid, megabytes })
    }
  }
}
