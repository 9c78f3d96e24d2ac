/** What a merchant would change: the name over the door, the currency, the language of dates and numbers. */
export const config = {
  shopName: 'Tallyshop',
  currency: 'USD',
  locale: 'en-US',
  /** `open`: nobody signs in and everyone is staff; every page says so. */
  access: 'open',
  /** What the contract allows, mirrored for forms; the services decide. */
  limits: {
    linesPerOrder: 100,
    unitsPerLine: 999,
    nameCharacters: 255,
    descriptionCharacters: 2000,
    priceCents: 9_999_999_999,
    stockUnits: 1_000_000_000,
    pictureBytes: 10 * 1024 * 1024,
  },
} as const
