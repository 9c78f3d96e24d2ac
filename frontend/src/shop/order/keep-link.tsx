import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { CheckIcon, LinkIcon } from '../../ui/icons.tsx'

/** A guest has no account: this page's link is the key to the order. */
export function KeepLink() {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href)
      setState('copied')
    } catch {
      setState('failed')
    }
  }
  return (
    <section>
      <h2 className="font-medium text-sm">Keep this link</h2>
      <p className="mt-2 text-muted text-sm">Whoever has it can see this order and cancel it.</p>
      <Button size="small" className="mt-3" onClick={() => void copy()}>
        {state === 'copied' ? <CheckIcon className="size-4" /> : <LinkIcon className="size-4" />}
        {state === 'copied' ? 'Copied' : 'Copy link'}
      </Button>
      <p role="status" className="mt-2 text-sm empty:hidden">
        {state === 'failed' ? 'Copying is not allowed here: take it from the address bar.' : ''}
      </p>
    </section>
  )
}
