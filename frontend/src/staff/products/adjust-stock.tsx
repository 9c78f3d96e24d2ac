import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { failureWords, faultsByField } from '../../api/problem.ts'
import { adjustStock } from '../../api/products.ts'
import type { Product } from '../../api/types.ts'
import { announce } from '../../ui/announce.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { formatCount } from '../../words.ts'
import { adoptProduct } from './adopt-product.ts'
import { parseDelta } from './parse-delta.ts'

/** Goods in or out, and why: becomes a movement in the ledger. */
export function AdjustStock({ product }: { product: Product }) {
  const [change, setChange] = useState('')
  const [reason, setReason] = useState('')
  const [faults, setFaults] = useState<{ delta?: string; reason?: string }>({})
  const cache = useQueryClient()
  const id = product.product_id
  const adjust = useMutation({
    mutationFn: (delta: number) => adjustStock(id, delta, reason.trim()),
    onSuccess: (version) => {
      setChange('')
      setReason('')
      announce(`Stock is now ${formatCount(version.product.stock_quantity)}.`)
      adoptProduct(cache, version)
    },
    onError: (error) => setFaults(faultsByField(error)),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (adjust.isPending) return
    const delta = parseDelta(change)
    const found = {
      ...(delta === null && { delta: 'How many came (5) or went (-5)? A whole number, not zero.' }),
      ...(!reason.trim() && { reason: 'Say why, for whoever reads the ledger.' }),
    }
    setFaults(found)
    if (delta !== null && reason.trim()) adjust.mutate(delta)
  }
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-5">
      <TextField
        label="Change"
        name="delta"
        hint="5 came in, -2 went out"
        inputMode="text"
        autoComplete="off"
        value={change}
        error={faults.delta}
        onChange={(event) => setChange(event.target.value)}
      />
      <TextField
        label="Reason"
        name="reason"
        placeholder="Delivery, breakage, recount…"
        autoComplete="off"
        maxLength={255}
        value={reason}
        error={faults.reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <p role="alert" className="text-danger text-sm empty:hidden">
        {adjust.error && Object.keys(faults).length === 0 ? failureWords(adjust.error) : null}
      </p>
      <Button type="submit" busy={adjust.isPending}>
        Adjust stock
      </Button>
    </form>
  )
}
