import type { Random } from '../random.ts'

export type Shelf = 'hot' | 'cold' | 'scarce'

/** A product as the clients know it, which may be out of date. */
export type KnownProduct = { id: number; shelf: Shelf; priceCents: number; formerPriceCents: number }

const plenty = 100_000
const shelves: Record<Shelf, number> = { hot: 4, cold: 16, scarce: 4 }

/** What the clients know of the products: those on the shelves, and which of them somebody was refused for want of stock. */
export class Catalogue {
  readonly products: KnownProduct[] = []
  /** Signed addresses of pictures, the newest last. */
  readonly pictures: string[] = []
  readonly #wanting = new Set<number>()

  /** What is put on the shelves at the start. */
  static opening(random: Random): { shelf: Shelf; body: ReturnType<typeof newProduct> }[] {
    return Object.entries(shelves).flatMap(([shelf, count]) =>
      Array.from({ length: count }, (_, n) => ({
        shelf: shelf as Shelf,
        body: newProduct(`${shelf} ${n + 1}`, shelf as Shelf, random),
      })),
    )
  }

  add(id: number, shelf: Shelf, price: number): void {
    const priceCents = Math.round(price * 100)
    this.products.push({ id, shelf, priceCents, formerPriceCents: priceCents })
  }

  remove(id: number): void {
    const place = this.products.findIndex((product) => product.id === id)
    if (place >= 0) this.products.splice(place, 1)
  }

  learnPrice(id: number, price: number): void {
    const product = this.products.find((one) => one.id === id)
    const priceCents = Math.round(price * 100)
    if (!product || product.priceCents === priceCents) return
    product.formerPriceCents = product.priceCents
    product.priceCents = priceCents
  }

  keepPicture(url: string): void {
    this.pictures.push(url)
    if (this.pictures.length > 20) this.pictures.shift()
  }

  /** A shelf from which a product is missing. */
  findGap(): Shelf | undefined {
    const names = Object.keys(shelves) as Shelf[]
    return names.find((name) => this.#on(name).length < shelves[name])
  }

  /** Half of what is bought is hot; little of it is scarce. */
  pickToBuy(random: Random): KnownProduct {
    const chance = random.next()
    return this.pickFrom(chance < 0.5 ? 'hot' : chance < 0.56 ? 'scarce' : 'cold', random)
  }

  /** From another shelf where this one is empty for the moment. */
  pickFrom(shelf: Shelf, random: Random): KnownProduct {
    const products = this.#on(shelf)
    return random.pick(products.length > 0 ? products : this.products)
  }

  /** Somebody was refused it. What was plenty and has nothing left is not there any more. */
  lack(id: number, available: number): void {
    const isScarce = this.#on('scarce').some((product) => product.id === id)
    if (isScarce) this.#wanting.add(id)
    else if (available === 0) this.remove(id)
  }

  /** A product of the shelf for scarce ones that somebody was refused; it counts as refilled from now on. */
  takeWanting(): KnownProduct | undefined {
    for (const id of this.#wanting) {
      this.#wanting.delete(id)
      const product = this.products.find((one) => one.id === id && one.shelf === 'scarce')
      if (product) return product
    }
    return undefined
  }

  #on(shelf: Shelf): KnownProduct[] {
    return this.products.filter((product) => product.shelf === shelf)
  }
}

/** A product to create: a price with odd cents, and the stock of its shelf. */
export function newProduct(name: string, shelf: Shelf, random: Random) {
  const stock = shelf === 'scarce' ? random.integer(8, 24) : plenty
  return { name, price: random.integer(101, 19_999) / 100, stock_quantity: stock }
}
