import { countWords, sentence } from '../../words.ts'

/** How many products are shown, in words: `Twenty-four products`, `The first 48 products`, `No products found`. */
export function catalogueCount(shown: number, more: boolean, search: string): string {
  if (shown === 0) return search ? 'No products found' : ''
  const count = countWords(shown, 'product')
  if (more) return `The first ${count}`
  return sentence(search ? `${count} found` : count)
}
