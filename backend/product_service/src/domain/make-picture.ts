import { fileTypeFromBuffer } from 'file-type'
import sharp, { type Metadata, type Sharp } from 'sharp'
import { InvalidPicture } from './errors.ts'
import { type ImageSize, imageSizes, imageTypes, type Picture } from './image.ts'
import { countDecodedPixels } from './image-formats/avif.ts'
import { countScans } from './image-formats/jpeg.ts'
import { countFrames } from './image-formats/webp.ts'

/** An animated PNG is declared as a PNG. */
const decodedTypes = [...imageTypes, 'image/apng']

const maxPixels = 25_000_000

/** WebP has none longer, and decoders need a multiple of a line at a time. */
const maxSide = 16_383

/** For what a decoder must hold whole before it gives the first line: 25 megapixels of a progressive JPEG. */
const maxFrameBytes = 150_000_000

/** What takes long to decode without having many pixels: nobody's picture is near these. */
const maxScans = 100
const maxFrames = 10_000

// What was decoded is not needed again, and its memory is.
sharp.cache(false)

/**
 * Decodes a picture and makes it anew as WebP in our sizes, upright, in sRGB, without metadata; of an animation the
 * first frame. Nothing of the file itself is kept. Takes up to 200 MB beside the file while it runs (decision 8), and
 * seconds. Throws InvalidPicture.
 */
export async function makePicture(file: Buffer): Promise<Picture> {
  // By content and before decoding: the decoder would read formats that we do not take, SVG among them.
  const type = await fileTypeFromBuffer(file)
  if (!type || !decodedTypes.includes(type.mime)) {
    throw new InvalidPicture('The file is not a JPEG, PNG, GIF, WebP or AVIF picture.')
  }
  refuseEndless(type.mime, file)
  try {
    const input = sharp(file, { limitInputPixels: maxPixels, failOn: 'error' })
    refuseHuge(await input.metadata(), file)
    const main = await resize(input.autoOrient(), 'main')
    return { main, thumbnail: await resize(sharp(main), 'thumbnail') }
  } catch (error) {
    if (error instanceof InvalidPicture) throw error
    throw new InvalidPicture(
      String(error).includes('pixel limit') ? tooManyPixels : 'The picture is damaged and cannot be read.',
    )
  }
}

const tooManyPixels = 'The picture has more than 25 megapixels.'

/** From the bytes alone: with one of these it would take the decoder minutes only to open the file. */
function refuseEndless(type: string, file: Buffer): void {
  if (type === 'image/jpeg' && countScans(file) > maxScans) {
    throw new InvalidPicture(`The picture has more than ${maxScans} scans.`)
  }
  if (type === 'image/webp' && countFrames(file) > maxFrames) {
    throw new InvalidPicture(`The animation has more than ${maxFrames} frames.`)
  }
}

/** From the file's head, before a pixel is decoded. */
function refuseHuge(metadata: Metadata, file: Buffer): void {
  const { width, height } = metadata
  if (width * height > maxPixels) throw new InvalidPicture(tooManyPixels)
  if (Math.max(width, height) > maxSide) {
    throw new InvalidPicture(`The picture is longer than ${maxSide} pixels on a side.`)
  }
  if (frameBytes(metadata, file) > maxFrameBytes) {
    throw new InvalidPicture(
      'The picture takes too much memory to decode. Make it smaller, or save it as a plain JPEG or PNG.',
    )
  }
}

/** What is held whole, AVIF weighed against the others by measurement (decision 8); 0 for what is decoded line by line. */
function frameBytes(
  { format, width, height, channels, depth, isProgressive }: Metadata,
  file: Buffer,
): number {
  const pixels = width * height
  const bytesPerSample = depth === 'ushort' ? 2 : 1
  if (format === 'heif') return Math.max(pixels, countDecodedPixels(file)) * (bytesPerSample === 1 ? 12 : 21)
  if (format === 'jpeg') return isProgressive ? pixels * channels * 2 : 0
  return format === 'png' && isProgressive ? pixels * channels * bytesPerSample : 0
}

async function resize(picture: Sharp, size: ImageSize): Promise<Buffer> {
  const side = imageSizes[size]
  const fitted = picture.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
  return fitted.timeout({ seconds: 10 }).webp({ quality: 82 }).toBuffer()
}
