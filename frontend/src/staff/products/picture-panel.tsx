import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { failureWords } from '../../api/problem.ts'
import type { Product } from '../../api/types.ts'
import { uploadPicture } from '../../api/upload-picture.ts'
import { announce } from '../../ui/announce.tsx'
import { Button } from '../../ui/button.tsx'
import { adoptProduct } from './adopt-product.ts'
import { takePicture } from './handed-picture.ts'
import { useObjectUrl } from './picture-choice.tsx'
import { PictureDrop } from './picture-drop.tsx'
import { pictureFault } from './picture-file.ts'

/** The picture of a product: a new one is shown at once and goes up with its progress; a failure keeps it for another try. */
export function PicturePanel({ product }: { product: Product }) {
  const id = product.product_id
  const [file, setFile] = useState<File | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const [share, setShare] = useState(0)
  const preview = useObjectUrl(file)
  const cache = useQueryClient()

  const upload = useMutation({
    mutationFn: (picture: File) => uploadPicture(id, picture, setShare),
    onMutate: (picture) => {
      setFile(picture)
      setFault(null)
      setShare(0)
    },
    onSuccess: (version) => {
      announce('The picture is saved.')
      adoptProduct(cache, version)
      setFile(null)
    },
    onError: (error) => setFault(failureWords(error)),
  })
  const choose = (chosen: File) => {
    const found = pictureFault(chosen)
    if (found) setFault(found)
    else upload.mutate(chosen)
  }

  const begin = useRef(upload.mutate)
  useEffect(() => {
    const handed = takePicture(id)
    if (handed) begin.current(handed)
  }, [id])

  const shown = preview ?? product.image_url ?? product.thumbnail_url
  return (
    <section aria-label="Picture">
      <PictureDrop shownUrl={shown} seed={id} busy={upload.isPending} fault={fault} onPicture={choose}>
        {upload.isPending && <Progress share={share} />}
      </PictureDrop>
      {upload.isError && file && (
        <div className="mt-2 flex gap-2">
          <Button size="small" onClick={() => upload.mutate(file)}>
            Try again
          </Button>
          <Button
            size="small"
            kind="plain"
            onClick={() => {
              setFile(null)
              setFault(null)
              upload.reset()
            }}
          >
            Discard
          </Button>
        </div>
      )}
    </section>
  )
}

function Progress({ share }: { share: number }) {
  const percent = Math.round(share * 100)
  return (
    <div className="absolute inset-x-0 bottom-0 bg-surface/95 px-4 py-3">
      <p className="flex justify-between text-sm">
        <span>{percent < 100 ? 'Sending the picture…' : 'Developing the picture…'}</span>
        <span className="figures">{percent} %</span>
      </p>
      <div
        role="progressbar"
        aria-label="Upload of the picture"
        aria-valuenow={percent}
        className="mt-2 h-1 overflow-hidden rounded-full bg-ground-strong"
      >
        <div className="h-full bg-accent transition-[width]" style={{ width: `${percent}%` }} />
      </div>
    </div>
  )
}
