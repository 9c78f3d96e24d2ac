import { parseArgs } from 'node:util'
import { type FaultGroup, faultGroups } from './plan.ts'

export type Arguments = {
  seconds: number
  seed: number
  clients: number
  faults: FaultGroup[]
  /** Fewer acknowledged orders, deaths of processes, or hits of any window prove nothing, and are a finding. */
  atLeast: { orders: number; deaths: number; hits: number }
  /** A history to run again: its seed, load and plan. */
  replay: string | undefined
  /** Whether the mutants are tried instead, and which; all where none is named. */
  mutants: string[] | undefined
}

export const usage = `npm run torture -- [--seconds 60] [--seed N] [--clients 24] [--faults ${faultGroups.join(',')}]
    [--least-orders N] [--least-deaths N] [--least-hits N]   what the run has to come to, or it proves nothing
npm run torture -- --replay FOLDER/history.jsonl
npm run torture -- --mutants [NAME …]`

/** Reads the command line; a seed that is not given is drawn. Throws an Error that says what is wrong. */
export function readArguments(args: string[]): Arguments {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      seconds: { type: 'string' },
      seed: { type: 'string' },
      clients: { type: 'string' },
      faults: { type: 'string' },
      'least-orders': { type: 'string' },
      'least-deaths': { type: 'string' },
      'least-hits': { type: 'string' },
      replay: { type: 'string' },
      mutants: { type: 'boolean', default: false },
    },
  })
  const { seconds, seed, clients, faults, replay, mutants } = values
  if (!mutants && positionals.length > 0) throw new Error(`${positionals[0]} is not understood.`)
  return {
    seconds: readWhole('seconds', seconds, { least: 5, most: 86_400, fallback: 60 }),
    seed: readWhole('seed', seed, { least: 0, most: 2 ** 31, fallback: Math.floor(Math.random() * 2 ** 31) }),
    clients: readWhole('clients', clients, { least: 1, most: 64, fallback: 24 }),
    faults: readFaults(faults),
    atLeast: {
      orders: readWhole('least-orders', values['least-orders'], { least: 0, most: 10 ** 9, fallback: 1 }),
      deaths: readWhole('least-deaths', values['least-deaths'], { least: 0, most: 10 ** 9, fallback: 0 }),
      hits: readWhole('least-hits', values['least-hits'], { least: 0, most: 10 ** 9, fallback: 0 }),
    },
    replay,
    mutants: mutants ? positionals : undefined,
  }
}

function readFaults(text: string | undefined): FaultGroup[] {
  if (text === undefined) return [...faultGroups]
  const named = text.split(',').map((name) => name.trim())
  const unknown = named.find((name) => !(faultGroups as readonly string[]).includes(name))
  if (unknown !== undefined && text !== 'none') {
    throw new Error(`--faults: ${unknown} is none of ${faultGroups.join(', ')}, none.`)
  }
  return text === 'none' ? [] : (named as FaultGroup[])
}

type Bounds = { least: number; most: number; fallback: number }

function readWhole(name: string, text: string | undefined, { least, most, fallback }: Bounds): number {
  if (text === undefined) return fallback
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new Error(`--${name} must be a whole number from ${least} to ${most}.`)
}
