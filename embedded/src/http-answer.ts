/** Whether anything answers at this address, with whatever status. */
export async function answers(url: string): Promise<boolean> {
  return (await getStatus(url)) !== undefined
}

/** The status of a GET; undefined when there is no answer within two seconds. */
export async function getStatus(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) })
    await response.body?.cancel()
    return response.status
  } catch {
    return undefined
  }
}
