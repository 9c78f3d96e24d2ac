import { config } from '../config.ts'

/** The document's title while this is shown. */
export function Title({ of }: { of?: string | undefined }) {
  return <title>{of ? `${of} · ${config.shopName}` : config.shopName}</title>
}
