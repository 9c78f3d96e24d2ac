/** The parts of an address as a browser can fill them in, in the order of the form. */
export type Address = {
  name: string
  street: string
  extra: string
  postalCode: string
  city: string
  country: string
}

export const noAddress: Address = { name: '', street: '', extra: '', postalCode: '', city: '', country: '' }

/** The address as it is written on the parcel: one line each, empty ones left out. */
export function addressText({ name, street, extra, postalCode, city, country }: Address): string {
  return [name, street, extra, `${postalCode} ${city}`, country]
    .map((line) => line.trim())
    .filter(Boolean)
    .join('\n')
}

/** What is missing, by field, in words. */
export function addressFaults(address: Address): Partial<Record<keyof Address, string>> {
  const faults: Partial<Record<keyof Address, string>> = {}
  if (!address.name.trim()) faults.name = 'Who is it for?'
  if (!address.street.trim()) faults.street = 'Which street and number?'
  if (!address.postalCode.trim()) faults.postalCode = 'Which postal code?'
  if (!address.city.trim()) faults.city = 'Which city?'
  return faults
}

/** The address that was being typed, kept as text for this tab; anything else is an empty one. */
export function parseAddress(text: string | null): Address {
  try {
    const kept = JSON.parse(text ?? '{}') as Partial<Record<keyof Address, unknown>>
    const entries = Object.keys(noAddress).map((part) => {
      const value = kept?.[part as keyof Address]
      return [part, typeof value === 'string' ? value : '']
    })
    return Object.fromEntries(entries) as Address
  } catch {
    return noAddress
  }
}
