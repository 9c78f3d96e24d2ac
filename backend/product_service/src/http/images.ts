import multipart from '@fastify/multipart'
import type { App, FastifyPluginAsync } from '@tallyshop/service-kit/http-server'
import { compileValidator } from '@tallyshop/service-kit/schema'
import { Type } from 'typebox'
import type { Context } from '../context.ts'
import { StorageUnavailable } from '../domain/errors.ts'
import { maxImageBytes } from '../domain/image.ts'
import { getShopUid } from '../postgres/image-sweep.ts'
import { changeProduct, getProduct } from '../postgres/products.ts'
import { sendProduct } from './product-reply.ts'
import { ProductPath, ProductReply } from './schemas.ts'
import { Uploads } from './uploads.ts'

const stopPatienceMs = 3_000

const Upload = Type.Object({ file: Type.String({ format: 'binary' }) })

/** Uploads a product's picture: the blobs first, the row second, so that a crash leaves no broken picture. */
export async function imageRoutes(app: App, context: Context): Promise<void> {
  // In a scope of its own: elsewhere multipart is not a content type we take.
  const scope: FastifyPluginAsync = (scoped) => addUpload(scoped, context)
  await app.register(scope)
}

async function addUpload(app: App, { sql, images, decoder }: Context): Promise<void> {
  const uploads = new Uploads((file, signal) => decoder.decode(file, signal))
  // A stop lets uploads end that soon do; the others would hold it up.
  app.addHook('preClose', async () => {
    setTimeout(() => uploads.giveUp(), stopPatienceMs).unref()
  })
  await app.register(multipart, {
    limits: { fileSize: maxImageBytes, files: 1, fields: 10, fieldSize: 1024 },
  })

  app.post(
    '/products/:product_id/upload-image',
    {
      config: { access: 'staff', problems: [400, 408] },
      schema: {
        tags: ['products'],
        summary: "Upload a product's picture",
        description:
          'A JPEG, PNG, GIF, WebP or AVIF of at most 10 MB and 25 megapixels (AVIF: 12.5), in the field `file`.',
        consumes: ['multipart/form-data'],
        params: ProductPath,
        body: Upload,
        response: { 200: ProductReply },
      },
      // The body is a stream that the handler reads; its schema is there for the description.
      validatorCompiler: ({ schema, httpPart = 'body' }) =>
        httpPart === 'body' ? () => true : compileValidator({ schema, httpPart }),
    },
    async (request, reply) => {
      const { product_id: productId } = request.params
      await getProduct(sql, productId)
      if (!images) throw new StorageUnavailable()
      const shopUid = await getShopUid(sql)
      const imageStem = await uploads.take(request, reply, (picture, signal) =>
        images.upload(productId, picture, shopUid, signal),
      )
      const decide = () => ({ imageStem, imageUrl: null })
      const product = await changeProduct(sql, productId, {
        decide,
        reason: 'picture',
        actor: request.principal.subject,
      })
      return sendProduct(reply, product, images)
    },
  )
}
