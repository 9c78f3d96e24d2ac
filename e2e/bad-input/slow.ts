import { addressAt, type Door } from './shop.ts'
import { converse, type Exchange } from './wire.ts'

/**
 * Is slow at this door in every way at once, and returns what is wrong with how that ends: with 408, within 30 s. Some doors
 * close without a word while they do not know yet what is asked (`closesSilently`).
 */
export async function dawdle(door: Door, { closesSilently = false } = {}): Promise<string[]> {
  const complaints = slowWays(door).map(async ([what, said]) => {
    const exchange = await dripLetters(door, said)
    const isSilent = closesSilently && !said.includes('\r\n\r\n') && exchange.answers.length === 0
    const isRight =
      exchange.closed && exchange.tookMs < 30_000 && exchange.rest === '' && (isSilent || isTold(exchange))
    const { answers, rest, tookMs } = exchange
    return isRight ? [] : [`${what} ${door.name}: ${JSON.stringify(answers)} ${rest} after ${tookMs} ms`]
  })
  return (await Promise.all(complaints)).flat()
}

function slowWays(door: Door): [what: string, said: string][] {
  const path = addressAt(door, `/${door.service}s`)
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`
  return [
    ['nothing at all', ''],
    ['a request line', `GET ${path}`],
    ['headers', `GET ${path} HTTP/1.1\r\nHost: localhost\r\nX-Slow: `],
    ['a body', `${head}Content-Length: 1000\r\n\r\n{"name":"`],
    ['chunks', `${head}Transfer-Encoding: chunked\r\n\r\n3e8\r\n{"name":"`],
  ]
}

/** Says the beginning at once and then a letter a second. */
function dripLetters(door: Door, said: string): Promise<Exchange> {
  const letters = said === '' ? [] : Array<string>(60).fill('a')
  return converse(door.url, said, { pieces: letters, pauseMs: 1_000, withinMs: 40_000 })
}

function isTold({ answers: [answer, ...more] }: Exchange): boolean {
  return more.length === 0 && answer?.status === 408 && JSON.parse(answer.body).code === 'request_timeout'
}
