import { config } from '../../config.ts'

/** The kinds of pictures that the shop takes. */
export const pictureTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif']

/** Why this file cannot be a picture here, in words; null where it may be. */
export function pictureFault(file: Pick<File, 'type' | 'size' | 'name'>): string | null {
  if (!pictureTypes.includes(file.type)) {
    return `“${file.name}” is not a picture the shop can take: JPEG, PNG, GIF, WebP or AVIF.`
  }
  if (file.size === 0) return `“${file.name}” is empty.`
  if (file.size > config.limits.pictureBytes) {
    const megabytes = (file.size / 1024 / 1024).toFixed(1)
    return `“${file.name}” has ${megabytes} MB; up to 10 MB are fine.`
  }
  return null
}

/** The picture among dropped or pasted things; null where there is none. */
export function pictureOf(data: DataTransfer | null): File | null {
  return [...(data?.files ?? [])].find((file) => file.type.startsWith('image/')) ?? data?.files[0] ?? null
}
