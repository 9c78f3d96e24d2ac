import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { CartIcon } from '../../ui/icons.tsx'
import { useLoaded } from '../../ui/use-loaded.ts'
import { unitCount } from './cart.ts'
import { useCart } from './cart-store.ts'

const loadDrawer = async () => (await import('./cart-drawer.tsx')).CartDrawer

/** Opens the cart's drawer and says how much is in it; the drawer's code comes with the first interest in it. */
export function CartButton() {
  const [open, setOpen] = useState(false)
  const { loaded: Drawer, load, preload } = useLoaded(loadDrawer)
  const navigate = useNavigate()
  const units = unitCount(useCart())
  const show = async () => {
    try {
      await load()
      setOpen(true)
    } catch {
      await navigate({ to: '/cart' })
    }
  }
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={`Cart, ${units === 0 ? 'empty' : `${units} ${units === 1 ? 'item' : 'items'}`}`}
        className="relative grid size-11 place-items-center rounded-control hover:bg-ground"
        onPointerEnter={preload}
        onFocus={preload}
        onClick={() => void show()}
      >
        <CartIcon className="size-6" />
        {units > 0 && <Badge key={units} units={units} />}
      </button>
      {Drawer && <Drawer open={open} onOpenChange={setOpen} />}
    </>
  )
}

function Badge({ units }: { units: number }) {
  return (
    <span className="figures absolute top-0.5 right-0 grid h-5 min-w-5 animate-[rise-in_200ms_ease-out] place-items-center rounded-full bg-accent px-1 font-semibold text-on-accent text-xs">
      {units > 99 ? '99+' : units}
    </span>
  )
}
