import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { Problem } from '../../api/problem.ts'
import { getProduct, type ProductVersion, updateProduct } from '../../api/products.ts'
import type { Product, ProductChanges } from '../../api/types.ts'
import { announce } from '../../ui/announce.tsx'
import { classNames } from '../../ui/class-names.ts'
import { PencilIcon } from '../../ui/icons.tsx'
import { adoptProduct } from './adopt-product.ts'
import { InlineEditor } from './inline-editor.tsx'
import { inlineFailure } from './inline-failure.ts'

type Parsed = { changes: ProductChanges } | { fault: string }

type Props = {
  product: Product
  label: string
  prefix?: string
  /** What is counted, said beside the number where the list has no heading. */
  unit?: string
  /** The number as it is edited. */
  read: (product: Product) => string
  /** An edited number as it is shown. */
  show: (text: string) => string
  parse: (text: string) => Parsed
  className?: string
  children: ReactNode
}

/**
 * A number that is changed where it stands. The version it is changed from is read when editing begins; where somebody changed it
 * meanwhile, both values are shown and nothing is overwritten unasked.
 */
export function InlineNumber({
  product,
  label,
  prefix,
  unit = '',
  read,
  show,
  parse,
  className,
  children,
}: Props) {
  const [base, setBase] = useState<ProductVersion | null>(null)
  const [text, setText] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const opener = useRef<HTMLButtonElement>(null)
  const cache = useQueryClient()
  const id = product.product_id

  const close = () => {
    setBase(null)
    setFault(null)
    requestAnimationFrame(() => opener.current?.focus())
  }
  const begin = useMutation({
    mutationFn: () => getProduct(id),
    onSuccess: (version) => {
      adoptProduct(cache, version)
      setBase(version)
      setText(read(version.product))
      setFault(null)
    },
    onError: (error) => setFault(inlineFailure(error)),
  })
  const save = useMutation({
    mutationFn: (changes: ProductChanges) => updateProduct(id, changes, base?.etag ?? null),
    onSuccess: (version) => {
      adoptProduct(cache, version)
      announce(`${label} is now ${show(read(version.product))}.`)
      close()
    },
    onError: async (error) => {
      if (!(error instanceof Problem && error.status === 412)) return setFault(inlineFailure(error))
      try {
        const theirs = await getProduct(id)
        adoptProduct(cache, theirs)
        setBase(theirs)
        const now = show(read(theirs.product))
        setFault(`Someone else changed this: it is ${now} now. Save again to make it ${show(text)}.`)
      } catch (again) {
        setFault(inlineFailure(again))
      }
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const parsed = parse(text)
    if ('fault' in parsed) return setFault(parsed.fault)
    if (base && text.trim() === read(base.product)) return close()
    save.mutate(parsed.changes)
  }

  if (base) {
    return (
      <InlineEditor
        label={label}
        prefix={prefix}
        text={text}
        fault={fault}
        busy={save.isPending}
        onText={setText}
        onSubmit={submit}
        onCancel={close}
      />
    )
  }
  return (
    <div className="md:text-right">
      <button
        ref={opener}
        type="button"
        aria-label={`${label}: ${[show(read(product)), unit].filter(Boolean).join(' ')}. Edit`}
        aria-busy={begin.isPending || undefined}
        onClick={() => !begin.isPending && begin.mutate()}
        className={classNames(
          'figures group/number inline-flex min-h-10 items-center gap-2 rounded-control px-2.5 text-[1.0625rem] hover:bg-ground max-md:-ml-2.5 md:-mr-2.5',
          className,
        )}
      >
        <PencilIcon className="size-4 text-muted opacity-0 group-hover/number:opacity-100 group-focus-visible/number:opacity-100 max-md:order-last max-md:opacity-100" />
        <span className="underline decoration-edge decoration-dotted underline-offset-4">{children}</span>
        {unit && <span className="font-sans font-normal text-muted text-sm md:hidden"> {unit}</span>}
      </button>
      {fault && (
        <p role="alert" className="text-danger text-sm">
          {fault}
        </p>
      )}
    </div>
  )
}
