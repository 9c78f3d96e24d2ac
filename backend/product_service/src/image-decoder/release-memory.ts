/** Gives a large buffer's memory back now and leaves it empty: the garbage collector hardly sees it, and lets files pile up. */
export function releaseMemory(bytes: Buffer): void {
  if (bytes.buffer instanceof ArrayBuffer && !bytes.buffer.detached) bytes.buffer.transfer(0)
}
