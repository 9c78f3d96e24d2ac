import { parseArgs } from 'node:util'

export type Arguments = { seed: number; minutes: number; requests: number; keepGoing: boolean }

export const usage = `npm run fuzz -- [--minutes 10] [--requests N] [--seed N] [--keep-going]
  ends after so many minutes (1 where neither is given) or requests, or at the first finding; a seed repeats a run`

/** Reads the command line; a seed that is not given is drawn. Throws an Error that says what is wrong. */
export function readArguments(args: string[]): Arguments {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string' },
      requests: { type: 'string' },
      seed: { type: 'string' },
      'keep-going': { type: 'boolean', default: false },
    },
  })
  const { minutes, requests, seed } = values
  return {
    minutes: readNumber('minutes', minutes, requests === undefined ? 1 : 24 * 60, {
      above: 0,
      most: 24 * 60,
    }),
    requests: readWhole('requests', requests, Number.MAX_SAFE_INTEGER),
    seed: seed === undefined ? Math.floor(Math.random() * 2 ** 31) : readWhole('seed', seed, 0, -1),
    keepGoing: values['keep-going'],
  }
}

function readNumber(
  name: string,
  text: string | undefined,
  fallback: number,
  { above = 0, most = 0 },
): number {
  if (text === undefined) return fallback
  const value = Number(text)
  if (text.trim() !== '' && value > above && value <= most) return value
  throw new Error(`--${name} must be a number above ${above}, and at most ${most}.`)
}

function readWhole(name: string, text: string | undefined, fallback: number, above = 0): number {
  const value = readNumber(name, text, fallback, { above, most: Number.MAX_SAFE_INTEGER })
  if (Number.isSafeInteger(value)) return value
  throw new Error(`--${name} must be a whole number.`)
}
