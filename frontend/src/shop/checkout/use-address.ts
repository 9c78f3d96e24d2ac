import { useEffect, useState } from 'react'
import { parseAddress } from './address.ts'

const key = 'tallyshop.address'

/** The address being typed: it survives a reload of this tab, and no longer, for others may use the machine. */
export function useAddress() {
  const [address, setAddress] = useState(() => parseAddress(read()))
  useEffect(() => {
    try {
      sessionStorage.setItem(key, JSON.stringify(address))
    } catch {
      // No storage: it lives as long as the page.
    }
  }, [address])
  return [address, setAddress] as const
}

function read(): string | null {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}
