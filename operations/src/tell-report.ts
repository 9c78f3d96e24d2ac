import type { Report } from './reconcile.ts'

/** Says on standard output what was compared and every difference. */
export function tellReport({ differences, unlisted, pictures, orders, movements, inMotion }: Report): void {
  for (const { sentence } of differences) console.log(sentence)
  if (unlisted > 0) console.log(`… and ${unlisted} more.`)
  console.log(
    pictures
      ? `${pictures.named} products with pictures, ${pictures.unnamed} stored pictures that none names`
      : 'Pictures were not looked at: no storage account is named.',
  )
  console.log(
    `${orders} orders, ${movements} stock movements, ${inMotion} in motion, ${differences.length + unlisted} differences`,
  )
}
