import type { History } from '../history.ts'
import { judgeConnections } from './connections.ts'
import type { Database } from './database.ts'
import { Deeds } from './deeds.ts'
import { gatherEvidence } from './evidence.ts'
import { readOrderFacts, readProductFacts } from './facts.ts'
import { type Finding, Findings } from './finding.ts'
import { judgeEvidence } from './judge-evidence.ts'
import { judgeLogs } from './logs.ts'
import { judgeExits, judgeMemory } from './processes.ts'
import { countHastyRefusals } from './refusals.ts'
import { judgeRolling } from './rolling.ts'
import { judgeSettling } from './settling.ts'

export type CheckOptions = {
  history: Pick<History, 'events' | 'now'>
  /** The databases themselves, not through a link that is on trial; their sessions named as `ours` of connections.ts. */
  product: Database
  order: Database
  /** Of services and of PostgreSQL. */
  logFiles: string[]
  secrets: string[]
}

export type Figures = {
  orders: number
  /** Refused while the stock and the units on their way back into it would have sufficed. */
  refusedHastily: number
  /** Processes that lived long enough for the growth of their memory to be judged. */
  lives: number
}

/** Of two replicas, each with ten for its work and one to ask whether the database is there. */
const mostSessions = 22

/** Judges a shop that has come to rest after its trial. Gives what is wrong; nothing where every promise was kept. */
export async function check(options: CheckOptions): Promise<Finding[]> {
  return (await checkAndCount(options)).findings
}

/** The same, with figures that are no findings. */
export async function checkAndCount(
  options: CheckOptions,
): Promise<{ findings: Finding[]; figures: Figures }> {
  const { history, product, order, logFiles, secrets } = options
  const findings = new Findings()
  const { add } = findings
  const deeds = new Deeds(history).update()
  await judgeConnections('order_db', order, mostSessions, add)
  await judgeConnections('product_db', product, mostSessions, add)
  const orders = await readOrderFacts(order)
  const evidence = gatherEvidence({ deeds, orders, product: await readProductFacts(product) })
  await judgeEvidence(evidence, add)
  judgeSettling(deeds, add)
  judgeRolling(deeds.all(), deeds.others, add)
  judgeExits(deeds.others, add)
  const lives = judgeMemory(deeds.others, add)
  await judgeLogs(logFiles, { secrets, tokens: tokensIn(deeds) }, add)
  return {
    findings: findings.list(),
    figures: { orders: orders.size, refusedHastily: countHastyRefusals(evidence), lives },
  }
}

/** The order that a token opens is somebody's: it must be in no log. */
export function tokensIn(deeds: Deeds): Set<string> {
  return new Set(
    deeds.of('order').flatMap(({ sent }) => sent.flatMap(({ answer }) => answer?.told?.token ?? [])),
  )
}
