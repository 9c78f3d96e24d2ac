import { createHash } from 'node:crypto'

/** An entity tag of a whole answer, for lists: it changes whenever a byte of it does. */
export function tagOf(body: string): string {
  return `"${digestOf(body)}"`
}

export function digestOf(body: string): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 27)
}

/** True where the caller holds the representation already and a 304 is enough (RFC 9110, 13.1.2: weak comparison). */
export function ifNoneMatch(header: string | undefined, tag: string): boolean {
  const held = (header ?? '').split(',').map((candidate) => candidate.trim().replace(/^W\//, ''))
  return held.includes(tag) || held.includes('*')
}

/**
 * The Link header of a page that has a next one, by keyset. Relative to the address that was asked for, so that it holds
 * behind any prefix (RFC 8288, 3.1).
 */
export function nextLink(query: Record<string, unknown>, after: number | undefined): string {
  const parameters = Object.entries({ ...query, skip: undefined, after }).filter(
    ([, value]) => value !== undefined,
  )
  return `<?${new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, String(value)]))}>; rel="next"`
}
