import { fileTypeFromBuffer } from 'file-type'
import sharp, { type Sharp } from 'sharp'
import { InvalidPicture } from './errors.ts'

export const imageTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif']

/** An animated PNG is declared as a PNG. */
const decodedTypes = [...imageTypes, 'image/apng']

export const maxImageBytes = 10 * 1024 * 1024

const maxPixels = 25_000_000

/** The sizes a picture is kept in: the longest side, in pixels, which is also part of its blob's name. */
export const imageSizes = { main: 1600, thumbnail: 480 } as const

export type ImageSize = keyof typeof imageSizes

export type Picture = Record<ImageSize, Buffer>

/**
 * Decodes a picture and makes it anew as WebP in our sizes, upright, in sRGB, without metadata; of an animation the
 * first frame. Nothing of the file itself is kept. Throws InvalidPicture.
 */
export async function makePicture(file: Buffer): Promise<Picture> {
  // By content and before decoding: the decoder would read formats that we do not take, SVG among them.
  const type = await fileTypeFromBuffer(file)
  if (!type || !decodedTypes.includes(type.mime)) {
    throw new InvalidPicture('The file is not a JPEG, PNG, GIF, WebP or AVIF picture.')
  }
  try {
    const main = await resize(
      sharp(file, { limitInputPixels: maxPixels, failOn: 'error' }).autoOrient(),
      'main',
    )
    return { main, thumbnail: await resize(sharp(main), 'thumbnail') }
  } catch (error) {
    throw new InvalidPicture(
      String(error).includes('pixel limit')
        ? 'The picture has more than 25 megapixels.'
        : 'The picture is damaged and cannot be read.',
    )
  }
}

async function resize(picture: Sharp, size: ImageSize): Promise<Buffer> {
  const side = imageSizes[size]
  const fitted = picture.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
  return fitted.timeout({ seconds: 20 }).webp({ quality: 82 }).toBuffer()
}
