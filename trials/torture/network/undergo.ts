import type { Exchange } from './exchange.ts'
import type { LinkFault } from './faults.ts'
import { resetSocket } from './reset-socket.ts'
import type { Encounter } from './watch.ts'

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
    const { farSide, request, http, answers } = exchange
    exchange.outlives = true
    await exchange.wait(ms)
    // A server that waited too long for the request has said so, or closed; it may even be another process by now.
    const isGivenUp = exchange.isFarGone || answers.length > 0
    if (!http || !isGivenUp) await deliverLate(exchange, met)
    else if (await farSide.sendApart(request, (bytes) => exchange.answer(bytes))) met()
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
}
