import type { Answer } from '@tallyshop/service-kit/test-support/http'
import fc from 'fast-check'
import { faultsAtTheEnd } from './books.ts'
import { type Operation, readOperations } from './contracts.ts'
import { createJudge, type Judge } from './judge.ts'
import { firstProducts, makePlan, type Plan } from './plan.ts'
import { type PlannedRequest, secretPlace } from './planned-request.ts'
import type { Services } from './services.ts'
import { Tally } from './tally.ts'

export type Options = {
  seed: number
  /** Ends after as many requests, after as long, or when this aborts, whatever comes first. */
  requests: number
  milliseconds: number
  signal?: AbortSignal
  /** Goes on after a finding, and gathers one of each kind. */
  keepGoing?: boolean
  /** Told every five seconds. */
  progress?: (tally: Tally, elapsedMs: number) => void
}

export type Finding = { index: number; request: PlannedRequest; answer: string; faults: string[] }

export type Outcome = { tally: Tally; elapsedMs: number; findings: Finding[]; faultsAtTheEnd: string[] }

const workers = 8
const mostFindings = 20
const longestSeconds = 10

/** Sends the plan of a seed to both services and judges every answer, then everything that came of it. */
export async function fuzz(services: Services, options: Options): Promise<Outcome> {
  const operations = readOperations()
  const plan = await makePlan(options.seed, operations)
  const tally = new Tally()
  const findings = new Map<string, Finding>()
  const judge = createJudge()
  const startedAt = performance.now()
  const elapsed = () => performance.now() - startedAt
  const isOver = () =>
    options.signal?.aborted ||
    elapsed() > options.milliseconds ||
    findings.size >= (options.keepGoing ? mostFindings : 1)

  await createFirstProducts(services, operations, tally)
  const telling = setInterval(() => options.progress?.(tally, elapsed()), 5_000)
  let next = 0
  const work = async () => {
    while (next < options.requests && !isOver()) {
      const index = next
      next += 1
      const request = plan.requestAt(index)
      const finding = await attempt(services, judge, request, tally)
      if (finding) keep(findings, { index, request, ...finding })
    }
  }
  await Promise.all(Array.from({ length: workers }, work)).finally(() => clearInterval(telling))
  const elapsedMs = elapsed()
  return {
    tally,
    elapsedMs,
    findings: [...findings.values()],
    faultsAtTheEnd: await faultsAtTheEnd(services, tally),
  }
}

/** The least request of its kind that is answered wrongly still; undefined where it takes those before it as well. */
export async function shrink(
  services: Services,
  plan: Plan,
  { index }: Finding,
): Promise<Finding | undefined> {
  const judge = createJudge()
  let least: Finding | undefined
  const isFine = async (request: PlannedRequest) => {
    const finding = await attempt(services, judge, request, new Tally())
    if (finding) least = { index, request, ...finding }
    return finding === undefined
  }
  await fc.check(fc.asyncProperty(plan.arbitraryAt(index), isFine), {
    seed: plan.sampleSeed(index),
    numRuns: 1,
    interruptAfterTimeLimit: 10_000,
  })
  return least
}

type Attempt = Pick<Finding, 'answer' | 'faults'>

async function attempt(
  services: Services,
  judge: Judge,
  request: PlannedRequest,
  tally: Tally,
): Promise<Attempt | undefined> {
  try {
    const askedAt = performance.now()
    const answer = await send(services, request)
    const seconds = (performance.now() - askedAt) / 1000
    tally.add(request, answer)
    const slow = seconds > longestSeconds ? [`The answer took ${seconds.toFixed(1)} s.`] : []
    const faults = [...judge(request, answer), ...slow]
    return faults.length > 0
      ? { answer: `${answer.status} ${answer.text.slice(0, 1000)}`, faults }
      : undefined
  } catch (error) {
    return { answer: 'none', faults: [`No answer that can be read: ${error}`] }
  }
}

function send(services: Services, { service, method, path, headers, body }: PlannedRequest): Promise<Answer> {
  const withSecret = Object.entries(headers).map(([name, value]) => [
    name,
    value === secretPlace ? `Bearer ${services.secret}` : value,
  ])
  return services[service].client.send(method, path, body, Object.fromEntries(withSecret))
}

/** One after the other, so that they get the ids that the plan counts on. */
async function createFirstProducts(services: Services, operations: Operation[], tally: Tally): Promise<void> {
  const operation = operations.find(({ name }) => name === 'product POST /products')
  for (const product of firstProducts) {
    const answer = await services.product.client.post('/products', product)
    if (answer.status !== 201)
      throw new Error(`The first products cannot be made: ${answer.status} ${answer.text}`)
    tally.add({ operation, method: 'POST' } as PlannedRequest, answer)
  }
}

/** One finding of each kind: the same operation with the same fault is met again and again. */
function keep(findings: Map<string, Finding>, finding: Finding): void {
  const { request, faults } = finding
  const kind = `${request.operation?.name} ${faults[0]?.replace(/[\d"'].*/, '')}`
  if (!findings.has(kind)) findings.set(kind, finding)
}
