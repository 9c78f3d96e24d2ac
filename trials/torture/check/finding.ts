/** Something that must not be. `check` names the promise that was broken. */
export type Finding = { check: string; detail: string }

export type AddFinding = (check: string, detail: string) => void

const mostOfACheck = 20

/** Gathers findings, of each check the first twenty and how many more there were. */
export class Findings {
  readonly #found = new Map<string, { details: string[]; more: number }>()

  add: AddFinding = (check, detail) => {
    const found = this.#found.get(check) ?? { details: [], more: 0 }
    this.#found.set(check, found)
    if (found.details.length < mostOfACheck) found.details.push(detail)
    else found.more += 1
  }

  list(): Finding[] {
    return [...this.#found].flatMap(([check, { details, more }]) => [
      ...details.map((detail) => ({ check, detail })),
      ...(more > 0 ? [{ check, detail: `… and ${more} more.` }] : []),
    ])
  }
}
