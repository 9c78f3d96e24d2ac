import { useEffect, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { PictureDrop } from './picture-drop.tsx'
import { pictureFault } from './picture-file.ts'

type Props = { file: File | null; onChoose: (file: File | null) => void }

/** A picture chosen before its product exists: shown at once, kept until saving. */
export function PictureChoice({ file, onChoose }: Props) {
  const [fault, setFault] = useState<string | null>(null)
  const preview = useObjectUrl(file)
  const choose = (chosen: File) => {
    const found = pictureFault(chosen)
    setFault(found)
    if (!found) onChoose(chosen)
  }
  return (
    <section aria-label="Picture">
      <h2 className="mb-1.5 font-medium text-sm">Picture (optional)</h2>
      <PictureDrop shownUrl={preview} seed={0} busy={false} fault={fault} onPicture={choose} />
      {file && (
        <Button size="small" kind="plain" className="mt-2" onClick={() => onChoose(null)}>
          Remove picture
        </Button>
      )}
    </section>
  )
}

/** An address under which the file can be shown while it is held here. */
export function useObjectUrl(file: File | null): string | null {
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (!file) return setUrl(null)
    const made = URL.createObjectURL(file)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [file])
  return url
}
