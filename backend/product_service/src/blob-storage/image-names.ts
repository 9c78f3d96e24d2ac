import { randomUUID } from 'node:crypto'
import { type ImageSize, imageSizes } from '../domain/image.ts'

/** What all names of pictures of ours begin with. */
export const prefix = 'products/'

/** The start of the names of a new picture's blobs, never used before: what a row keeps. */
export function newStem(productId: number): string {
  return `${prefix}${productId}/${randomUUID()}`
}

export function blobName(stem: string, size: ImageSize): string {
  return `${stem}-${imageSizes[size]}.webp`
}

/** The stem of a blob's name; undefined for a name that is not of our making. */
export function stemOf(name: string): string | undefined {
  return name.match(ourName)?.groups?.stem
}

/** The name of ours with which a path ends, whatever is before it. */
export function nameAtEndOf(path: string): string | undefined {
  return path.match(ourNameAtEnd)?.[0]
}

const shape = '(?<stem>products/\\d+/[\\da-f-]{36})-\\d+\\.webp$'
const ourName = new RegExp(`^${shape}`)
const ourNameAtEnd = new RegExp(shape)
