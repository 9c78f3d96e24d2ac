/** A drawing as a PNG of 1200 × 1200 pixels, for the shop takes SVG from nobody. */
export async function developDrawing(drawing: Blob): Promise<File> {
  const url = URL.createObjectURL(drawing)
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = side
    canvas.getContext('2d')?.drawImage(image, 0, 0, side, side)
    const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
    if (!png) throw new Error('The browser could not draw the picture.')
    return new File([png], 'sample.png', { type: 'image/png' })
  } finally {
    URL.revokeObjectURL(url)
  }
}

const side = 1200
