import { Problem, Unreachable } from './problem.ts'
import type { ProductVersion } from './products.ts'
import type { Product } from './types.ts'

const timeoutMs = 120_000

/**
 * The product with its new picture. `onProgress` hears of the share that is sent, 0 … 1. By XMLHttpRequest, for fetch says nothing
 * of progress; throws as `answer` does.
 */
export function uploadPicture(
  id: number,
  file: File,
  onProgress: (share: number) => void,
): Promise<ProductVersion> {
  const form = new FormData()
  form.append('file', file)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/products/${id}/upload-image`)
    request.timeout = timeoutMs
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0)
    request.onload = () => {
      const body = parse(request.responseText)
      if (request.status === 200 && body) {
        return resolve({ product: body as Product, etag: request.getResponseHeader('etag') })
      }
      const headers = new Headers({ 'retry-after': request.getResponseHeader('retry-after') ?? '' })
      reject(new Problem(request.status, body, headers))
    }
    request.onerror = () => reject(new Unreachable('network'))
    request.ontimeout = () => reject(new Unreachable('time-out'))
    request.send(form)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
