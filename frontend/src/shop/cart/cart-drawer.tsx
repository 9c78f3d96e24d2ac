import { Link } from '@tanstack/react-router'
import { Dialog } from 'radix-ui'
import { buttonClass } from '../../ui/button.tsx'
import { CloseIcon } from '../../ui/icons.tsx'
import { useReturnFocus } from '../../ui/use-return-focus.ts'
import { CartChanges } from './cart-changes.tsx'
import { CartLines } from './cart-lines.tsx'
import { CartTotal } from './cart-page.tsx'
import { EmptyCart } from './empty-cart.tsx'
import { useReviewedCart } from './use-reviewed-cart.ts'

type Props = { open: boolean; onOpenChange: (open: boolean) => void }

/** The cart beside the page one is on. */
export function CartDrawer({ open, onOpenChange }: Props) {
  const focus = useReturnFocus()
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-30 animate-[fade-in_160ms_ease-out] bg-veil" />
        <Dialog.Content
          {...focus}
          aria-describedby={undefined}
          className="fixed inset-y-0 right-0 z-40 flex w-full max-w-md animate-[slide-in_200ms_ease-out] flex-col bg-paper shadow-float"
        >
          <div className="flex h-16 items-center justify-between border-line border-b pr-3 pl-5">
            <Dialog.Title className="display text-2xl">Cart</Dialog.Title>
            <Dialog.Close
              aria-label="Close cart"
              className="grid size-11 place-items-center rounded-control hover:bg-ground"
            >
              <CloseIcon />
            </Dialog.Close>
          </div>
          <DrawerBody onLeave={() => onOpenChange(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function DrawerBody({ onLeave }: { onLeave: () => void }) {
  const { reviewed, changed, totalCents, acceptAll } = useReviewedCart()
  // A link inside leads to a page: the drawer makes room for it.
  const leaveByLink = (event: React.MouseEvent) => (event.target as Element).closest('a') && onLeave()
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: the links inside are what is pressed */}
      <div className="flex-1 overflow-y-auto px-5" onClick={leaveByLink}>
        <CartChanges changed={changed} onAccept={acceptAll} />
        <CartLines reviewed={reviewed} />
        {reviewed.length === 0 && <EmptyCart />}
      </div>
      {reviewed.length > 0 && (
        <div className="border-line border-t px-5 py-5">
          <CartTotal cents={totalCents} />
          <div className="mt-4 grid grid-cols-2 gap-3">
            <Link to="/cart" className={buttonClass('quiet', 'large')} onClick={onLeave}>
              View cart
            </Link>
            <Link to="/checkout" className={buttonClass('primary', 'large')} onClick={onLeave}>
              Checkout
            </Link>
          </div>
        </div>
      )}
    </>
  )
}
