import type { Principal } from '@tallyshop/service-kit/access'
import { InvalidRequest } from '@tallyshop/service-kit/schema'

const printable = /^[\x21-\x7e]{16,255}$/
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/**
 * The key of a request, bare or quoted; undefined where none was sent. 16 to 255 printable characters; a guest's must be
 * a UUID, so that nobody meets a stranger's. Throws InvalidRequest.
 */
export function readIdempotencyKey(
  header: string | string[] | undefined,
  { role }: Principal,
): string | undefined {
  if (header === undefined) return undefined
  const key = String(header).replace(/^"(.*)"$/, '$1')
  if (role === 'guest' ? uuid.test(key) : printable.test(key)) return key
  const msg = role === 'guest' ? 'Input should be a UUID' : 'Input should be 16 to 255 printable characters'
  throw new InvalidRequest('header', [{ type: 'value_error', loc: ['header', 'Idempotency-Key'], msg }])
}
