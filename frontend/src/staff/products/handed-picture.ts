const handed = new Map<number, File>()

/** Leaves a chosen picture for the page of the product that was just made. */
export function handOverPicture(productId: number, file: File): void {
  handed.set(productId, file)
}

/** The picture left for this product; taken once. */
export function takePicture(productId: number): File | null {
  const file = handed.get(productId) ?? null
  handed.delete(productId)
  return file
}
