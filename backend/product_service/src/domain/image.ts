/** What may be uploaded. */
export const imageTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif']

export const maxImageBytes = 10 * 1024 * 1024

/** The sizes a picture is kept in: the longest side, in pixels, which is also part of its blob's name. */
export const imageSizes = { main: 1600, thumbnail: 480 } as const

export type ImageSize = keyof typeof imageSizes

export type Picture = Record<ImageSize, Buffer>
