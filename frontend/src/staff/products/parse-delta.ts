/** A change of stock as typed (`5`, `+5`, `-5`, `−5`): whole, not zero; null where it is none. */
export function parseDelta(text: string): number | null {
  const match = /^([+\-−–]?)\s*(\d{1,10})$/.exec(text.trim())
  if (!match) return null
  const units = Number(match[2])
  if (units === 0) return null
  return match[1] === '' || match[1] === '+' ? units : -units
}
