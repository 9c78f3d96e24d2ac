import { setTimeout as sleep } from 'node:timers/promises'
import type { Exchange } from './exchange.ts'
import { resetSocket } from './reset-socket.ts'
import type { Encounter } from './watch.ts'

/** What can befall an exchange; all of `ms` and `pauseMs` in milliseconds. */
export type LinkFault =
  /** The request is forwarded so much later. */
  | { kind: 'delay'; ms: number }
  | { kind: 'delay_answer'; ms: number }
  /** Both directions pass in small pieces, for 10 s at most. */
  | { kind: 'slice'; bytes: number; pauseMs: number }
  /** Both directions pass slowly, for 10 s at most. */
  | { kind: 'limit'; bytesPerSecond: number }
  /** Not forwarded; both sides are reset. */
  | { kind: 'lose_request' }
  /** Forwarded; when the answer arrives it is thrown away and the near side reset. */
  | { kind: 'lose_answer' }
  /** Half of the answer's first bytes is delivered, then both sides are reset. */
  | { kind: 'cut_answer' }
  /** Nothing passes in either direction for so long, then both sides are reset. */
  | { kind: 'black_hole'; ms: number }
  /** Once the request is forwarded, that side is told that nothing more comes; carried on until an end closes, 30 s at most. */
  | { kind: 'half_close'; side: 'near' | 'far' }
  /** The request is delivered so much later, even if the near side has gone meanwhile. */
  | { kind: 'late'; ms: number }
  /** The same request arrives a second time, over a connection of its own. Only where HTTP allows that. */
  | { kind: 'repeat'; when: 'before' | 'with' | 'after' }
  /** HTTP only: the link answers itself, and the request goes nowhere. */
  | { kind: 'answer'; status: number; body?: string }

/** Whether the fault makes sense for a request: a repetition has to be one that a client or a proxy might make. */
export function mayMeet({ kind }: LinkFault, request: string, http: boolean): boolean {
  if (kind === 'answer') return http
  if (kind !== 'repeat') return true
  if (!http) return false
  const [head = ''] = request.split('\r\n\r\n', 1)
  if (/^(GET|HEAD|PUT|DELETE) |^PATCH [^ ?]*\/status[ ?]/.test(head)) return true
  return /^POST /.test(head) && /\r\nidempotency-key:/i.test(head)
}

/** Puts an exchange through a fault, to its end; never rejects. */
export async function undergo(exchange: Exchange, { fault, met, over }: Encounter): Promise<void> {
  let afterwards: Promise<unknown> | undefined
  try {
    afterwards = (await programs[fault.kind](exchange, fault as never, met))?.afterwards
  } catch {
    // A connection that ended meanwhile needs nothing more; what broke otherwise must not stay half done.
    if (!exchange.signal.aborted || exchange.outlives) exchange.reset()
  } finally {
    exchange.outlives = false
    void Promise.resolve(afterwards).then(over)
  }
}

type Program<Kind> = (
  exchange: Exchange,
  fault: Extract<LinkFault, { kind: Kind }>,
  met: () => void,
) => Promise<Outcome>

/** What is still to come when the connection already goes on. */
// biome-ignore lint/suspicious/noConfusingVoidType: most programs return nothing.
type Outcome = { afterwards: Promise<unknown> } | void

const answerMs = 30_000
const slowMs = 10_000
const stepMs = 50
/** What was sent is on its way before a reset takes back what was not. */
const flushMs = 10

const programs: { [Kind in LinkFault['kind']]: Program<Kind> } = {
  delay: async (exchange, { ms }, met) => {
    await exchange.wait(ms)
    exchange.ask()
    met()
  },
  delay_answer: async (exchange, { ms }, met) => {
    exchange.ask()
    const answer = await exchange.nextAnswer(answerMs)
    if (!answer) return
    await exchange.wait(ms)
    exchange.answer(answer)
    met()
  },
  slice: (exchange, { bytes, pauseMs }, met) => passSlowly(exchange, bytes, pauseMs, met),
  limit: (exchange, { bytesPerSecond }, met) =>
    passSlowly(exchange, Math.ceil((bytesPerSecond * stepMs) / 1000), stepMs, met),
  lose_request: async (exchange, _fault, met) => {
    exchange.reset()
    met()
  },
  lose_answer: async (exchange, _fault, met) => {
    exchange.ask()
    if (!(await exchange.nextAnswer(answerMs))) return
    exchange.outlives = true
    resetSocket(exchange.near)
    met()
    await drain(exchange)
    exchange.reset()
  },
  cut_answer: async (exchange, _fault, met) => {
    exchange.ask()
    const answer = await exchange.nextAnswer(answerMs)
    if (!answer) return
    exchange.answer(answer.subarray(0, Math.floor(answer.length / 2)))
    await exchange.wait(flushMs)
    exchange.reset()
    met()
  },
  black_hole: async (exchange, { ms }, met) => {
    exchange.near.pause()
    exchange.far.pause()
    await exchange.wait(ms)
    exchange.reset()
    met()
  },
  half_close: async (exchange, { side }, met) => {
    exchange.ask()
    exchange[side].end()
    met()
    const until = performance.now() + answerMs
    while (true) {
      const answer = await exchange.nextAnswer(Math.max(0, until - performance.now()))
      if (!answer) break
      exchange.answer(answer)
    }
    exchange.reset()
  },
  late: async (exchange, { ms }, met) => {
    const { farSide, request } = exchange
    exchange.outlives = true
    await exchange.wait(ms)
    if (!exchange.isFarGone) await deliverLate(exchange, met)
    else if (exchange.http && (await farSide.sendApart(request, (bytes) => exchange.answer(bytes)))) met()
  },
  repeat: async (exchange, { when }, met) => {
    const again = async () => {
      if (await exchange.farSide.sendApart(exchange.request)) met()
    }
    if (when === 'before') await again()
    const twin = when === 'with' ? again() : undefined
    exchange.ask()
    if (when !== 'after') return twin && { afterwards: twin }
    const answer = await exchange.nextAnswer(answerMs)
    if (answer) exchange.answer(answer)
    return { afterwards: again() }
  },
  answer: async (exchange, { status, body = '{}' }, met) => {
    const type = body.startsWith('<') ? 'application/xml' : 'application/json'
    const text = exchange.request.toString('latin1', 0, 5) === 'HEAD ' ? '' : body
    const head = `HTTP/1.1 ${status} By The Link\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}`
    exchange.answer(Buffer.from(`${head}\r\n\r\n${text}`))
    met()
  },
}

async function passSlowly(
  exchange: Exchange,
  bytes: number,
  pauseMs: number,
  met: () => void,
): Promise<void> {
  const until = performance.now() + slowMs
  const step = async (whole: Buffer, pass: (piece: Buffer) => void) => {
    let at = 0
    while (at < whole.length && performance.now() < until) {
      pass(whole.subarray(at, at + bytes))
      at += bytes
      if (at < whole.length) await exchange.wait(pauseMs)
    }
    if (at < whole.length) pass(whole.subarray(at))
  }
  await step(exchange.request, (piece) => exchange.ask(piece))
  met()
  while (performance.now() < until) {
    const answer = await exchange.nextAnswer(until - performance.now())
    if (!answer) return
    await step(answer, (piece) => exchange.answer(piece))
  }
}

async function deliverLate(exchange: Exchange, met: () => void): Promise<void> {
  exchange.ask()
  const answer = await exchange.nextAnswer(answerMs)
  if (!answer) return
  met()
  if (exchange.near.writable && !exchange.near.readableEnded) exchange.answer(answer)
  else await drain(exchange)
}

/** Throws away what the far side still says, until it is silent for a moment. */
async function drain(exchange: Exchange): Promise<void> {
  const until = performance.now() + 2_000
  while (performance.now() < until && (await exchange.nextAnswer(100)));
  await sleep(0)
}
