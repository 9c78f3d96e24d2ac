import { wait } from '../wait.ts'
import { type CheckOptions, tokensIn } from './check.ts'
import { type Database, inSnapshot, isAway } from './database.ts'
import { Deeds } from './deeds.ts'
import { gatherEvidence } from './evidence.ts'
import { type OrderFacts, readOrderFacts, readProductFacts } from './facts.ts'
import { type Finding, Findings } from './finding.ts'
import { judgeEvidence } from './judge-evidence.ts'
import { judgeLogs, type LogPositions } from './logs.ts'
import { judgeExits } from './processes.ts'

type Kept = { deeds: Deeds; positions: LogPositions }

/**
 * Judges a shop in the middle of its trial by what must hold at any moment. What is seen settling is left for later; a
 * database that is away is no finding. `kept` lets the next look go on where this one ended.
 */
export async function checkSoFar(
  options: CheckOptions,
  kept: Kept = { deeds: new Deeds(options.history), positions: new Map() },
): Promise<Finding[]> {
  const { product, order, logFiles, secrets } = options
  const findings = new Findings()
  // What was told before the look must be there in it, whatever is told meanwhile.
  const deeds = kept.deeds.update()
  try {
    const before = await readStates(order)
    const stock = await readProductFacts(product)
    const orders = await readOrderFacts(order)
    const motion = motionBetween(before, orders)
    await judgeEvidence(gatherEvidence({ deeds, orders, product: stock }, motion), findings.add)
  } catch (error) {
    if (!isAway(error)) throw error
  }
  judgeExits(deeds.others, findings.add)
  await judgeLogs(logFiles, { secrets, tokens: tokensIn(deeds) }, findings.add, kept.positions)
  return findings.list()
}

/** Looks again and again, a twentieth of the time at most, and tells each finding once. */
export function startChecksSoFar(
  options: CheckOptions & { intervalMs?: number },
  onFinding: (finding: Finding) => void,
): { stop: () => Promise<void>; looks: () => number } {
  const { intervalMs = 5_000 } = options
  const kept = { deeds: new Deeds(options.history), positions: new Map<string, number>() }
  const told = new Set<string>()
  const stopping = new AbortController()
  let looks = 0
  const look = async () => {
    for (const finding of await checkSoFar(options, kept)) {
      const text = `${finding.check}: ${finding.detail}`
      if (!told.has(text)) onFinding(finding)
      told.add(text)
    }
    looks += 1
  }
  const looking = (async () => {
    for (let pauseMs = intervalMs; await wait(pauseMs, stopping.signal); ) {
      const began = performance.now()
      await look()
      pauseMs = Math.max(intervalMs, 20 * (performance.now() - began))
    }
  })()
  // Whoever stops it hears of it.
  looking.catch(() => {})
  return {
    looks: () => looks,
    stop: async () => {
      stopping.abort()
      await looking
    },
  }
}

type State = { uid: string; state: string; status: string | null; stockState: string | null }

async function readStates(db: Database): Promise<Map<string, State>> {
  const { rows } = await inSnapshot(db, (client) =>
    client.query<State>(
      `select p.order_uid as uid, p.state, o.status, o.stock_state as "stockState"
       from placements p left join orders o on o.order_uid = p.order_uid`,
    ),
  )
  return new Map(rows.map((row) => [row.uid, row]))
}

/** What was the same before and after the other database was read was so in between. */
function motionBetween(before: Map<string, State>, after: OrderFacts): (uid: string) => boolean {
  return (uid) => {
    const [was, is] = [before.get(uid), after.get(uid)]
    if (!was || !is || is.state === 'placing' || is.stockState === 'release_due') return true
    return was.state !== is.state || was.stockState !== is.stockState
  }
}
