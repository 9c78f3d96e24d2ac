import { useState } from 'react'
import { classNames } from './class-names.ts'

type Props = {
  url: string | null
  /** Empty where the name stands beside it. */
  alt?: string
  /** Seeds the tint of the drawing where there is no picture. */
  seed: number
  fit?: 'cover' | 'contain'
  /** The first pictures on a page are asked for at once. */
  eager?: boolean
  className?: string
}

/** A product's picture in a square that is reserved before it comes; a drawn parcel where there is none, or it is lost. */
export function Picture({ url, alt = '', seed, fit = 'cover', eager = false, className }: Props) {
  const [lost, setLost] = useState<string | null>(null)
  return (
    <div className={classNames('relative aspect-square overflow-hidden bg-ground', className)}>
      {url && url !== lost ? (
        <img
          src={url}
          alt={alt}
          width={480}
          height={480}
          loading={eager ? 'eager' : 'lazy'}
          fetchPriority={eager ? 'high' : 'auto'}
          decoding="async"
          className={classNames('size-full', fit === 'cover' ? 'object-cover' : 'object-contain')}
          onError={() => setLost(url)}
        />
      ) : (
        <Parcel seed={seed} alt={alt} />
      )}
    </div>
  )
}

/** A wrapped parcel in thin ink, leaning a little differently for each product. */
function Parcel({ seed, alt }: { seed: number; alt: string }) {
  const lean = ((seed * 7) % 9) - 4
  return (
    <>
      {alt && <span className="sr-only">{alt}: no picture yet</span>}
      <svg viewBox="0 0 120 120" className="size-full text-edge" fill="none" aria-hidden="true">
        <g stroke="currentColor" strokeWidth="1" strokeLinecap="round" strokeLinejoin="round">
          <path d="M22 88h76" opacity="0.6" />
          <g transform={`rotate(${lean / 2} 60 88)`}>
            <path d="M38 50h44v38H38zM34 42h52v8H34zM60 42v46" />
            <path d="M60 42c-3-9-14-11-15-5s9 6 15 5c3-9 14-11 15-5s-9 6-15 5z" />
          </g>
        </g>
      </svg>
    </>
  )
}
