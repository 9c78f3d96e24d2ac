import { type ReactNode, useEffect, useRef, useState } from 'react'
import { classNames } from '../../ui/class-names.ts'
import { PictureIcon } from '../../ui/icons.tsx'
import { Picture } from '../../ui/picture.tsx'
import { pictureOf, pictureTypes } from './picture-file.ts'

type Props = {
  shownUrl: string | null
  seed: number
  busy: boolean
  fault: string | null
  onPicture: (file: File) => void
  children?: ReactNode
}

/** A picture's place: takes one by click, drop, or paste anywhere on the page. */
export function PictureDrop({ shownUrl, seed, busy, fault, onPicture, children }: Props) {
  const [over, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const latest = useRef(onPicture)
  latest.current = onPicture
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const file = busy ? null : pictureOf(event.clipboardData)
      if (file) latest.current(file)
    }
    document.addEventListener('paste', paste)
    return () => document.removeEventListener('paste', paste)
  }, [busy])

  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button inside is the first */}
      <div
        className={classNames(
          'relative overflow-hidden rounded-picture border',
          over ? 'border-accent outline-2 outline-accent' : 'border-line',
          !shownUrl && !over && 'border-edge border-dashed',
        )}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          const file = pictureOf(event.dataTransfer)
          if (file && !busy) onPicture(file)
        }}
      >
        {shownUrl ? (
          <Picture url={shownUrl} seed={seed} fit="contain" alt="The product's picture" eager />
        ) : (
          <div className="grid aspect-square place-items-center bg-ground" />
        )}
        <button
          type="button"
          disabled={busy}
          onClick={() => input.current?.click()}
          className={classNames(
            'absolute flex items-center justify-center gap-2 font-medium text-sm disabled:opacity-0',
            shownUrl
              ? 'right-3 bottom-3 min-h-10 rounded-control bg-surface px-3 shadow-float'
              : 'inset-0 flex-col rounded-picture text-muted hover:text-ink focus-visible:-outline-offset-4',
          )}
        >
          <PictureIcon className={shownUrl ? 'size-5' : 'size-8'} />
          {shownUrl ? 'Change picture' : 'Choose a picture'}
          {!shownUrl && <span className="font-normal text-[0.8125rem]">or drop or paste one here</span>}
        </button>
        {children}
      </div>
      <input
        ref={input}
        type="file"
        aria-label="Picture file"
        accept={pictureTypes.join(',')}
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => {
          const file = event.target.files?.[0]
          // The same file may be chosen again after a failure.
          event.target.value = ''
          if (file) onPicture(file)
        }}
      />
      <p role="alert" className="mt-2 text-danger text-sm empty:hidden">
        {fault}
      </p>
    </>
  )
}
