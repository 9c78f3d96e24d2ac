import sharp from 'sharp'

/** A JPEG as a camera makes one: grain, a gradient, and a mark by which its top can be told from its bottom. */
export async function photograph(width = 2400, height = 1800): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="#e8d8c0"/><stop offset="1" stop-color="#8a6a4a"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#g)"/>
    <ellipse cx="${width / 2}" cy="${height * 0.55}" rx="${height * 0.25}" ry="${height * 0.32}" fill="#355e6b"/>
    <ellipse cx="${width / 2}" cy="${height * 0.25}" rx="${height * 0.12}" ry="${height * 0.03}" fill="#22404a"/></svg>`
  return sharp(Buffer.from(svg)).jpeg({ quality: 90 }).toBuffer()
}

/** A form as a browser sends it, with the picture in the field `file`. */
export function pictureForm(bytes: Buffer): FormData {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), 'picture.jpg')
  return form
}
