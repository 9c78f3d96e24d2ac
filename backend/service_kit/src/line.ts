/** Of those who wait in the order in which they came, how long the first has waited, in milliseconds. */
export function waitOfFirst(line: Set<{ since: number }>): number {
  const [first] = line
  return first ? performance.now() - first.since : 0
}
