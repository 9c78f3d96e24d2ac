import { failureWords, faultsByField } from '../../api/problem.ts'

/** Why a single number was not saved, without naming the field it stands at. */
export function inlineFailure(error: unknown): string {
  return Object.values(faultsByField(error))[0] ?? failureWords(error)
}
