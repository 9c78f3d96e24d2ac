import { createHash } from 'node:crypto'

/** A source of numbers that a seed repeats. */
export type Random = {
  /** From 0 on, below 1. */
  next(): number
  /** A whole number, both ends included. */
  integer(least: number, most: number): number
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
  shuffle<Item>(items: readonly Item[]): Item[]
  /** A UUID of version 4 in form. */
  uuid(): string
  /** A source of its own: what is drawn from it changes nothing here. */
  fork(name: string): Random
}

/** Numbers from a seed, by xoshiro128** (Blackman and Vigna, 2018). */
export function createRandom(seed: number | string): Random {
  const state = new Uint32Array(4)
  const digest = createHash('sha256').update(String(seed)).digest()
  for (let word = 0; word < 4; word += 1) state[word] = digest.readUInt32LE(4 * word)
  const next = () => nextWord(state) / 2 ** 32
  const integer = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[integer(0, items.length - 1)]
      if (item === undefined) throw new Error('There is nothing to pick from.')
      return item
    },
    shuffle: (items) => {
      const shuffled = [...items]
      for (let last = shuffled.length - 1; last > 0; last -= 1) {
        const other = integer(0, last)
        ;[shuffled[last], shuffled[other]] = [shuffled[other] as never, shuffled[last] as never]
      }
      return shuffled
    },
    uuid: () => {
      const hex = Array.from({ length: 32 }, () => integer(0, 15).toString(16)).join('')
      return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5')
    },
    fork: (name) => createRandom(`${seed} ${name}`),
  }
}

function nextWord(state: Uint32Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = state
  const word = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
  state[2] = c ^ a
  state[3] = d ^ b
  state[1] = b ^ state[2]
  state[0] = a ^ state[3]
  state[2] ^= b << 9
  state[3] = rotate(state[3], 11)
  return word
}

function rotate(word: number, by: number): number {
  return ((word << by) | (word >>> (32 - by))) >>> 0
}
