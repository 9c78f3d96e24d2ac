import multipart from '@fastify/multipart'
import type { App, FastifyPluginAsync, FastifyRequest } from '@tallyshop/service-kit/http-server'
import { Problem } from '@tallyshop/service-kit/problems'
import { compileValidator } from '@tallyshop/service-kit/schema'
import { Type } from 'typebox'
import type { Context } from '../context.ts'
import { StorageUnavailable } from '../domain/errors.ts'
import { imageTypes, makePicture, maxImageBytes } from '../domain/image.ts'
import { changeProduct, getProduct } from '../postgres/products.ts'
import { sendProduct } from './product-reply.ts'
import { ProductPath, ProductReply } from './schemas.ts'

const Upload = Type.Object({ file: Type.String({ format: 'binary' }) })

/** Uploads a product's picture: the blobs first, the row second, so that a crash leaves no broken picture. */
export async function imageRoutes(app: App, context: Context): Promise<void> {
  // In a scope of its own: elsewhere multipart is not a content type we take.
  const scope: FastifyPluginAsync = (scoped) => addUpload(scoped, context)
  await app.register(scope)
}

async function addUpload(app: App, { sql, images }: Context): Promise<void> {
  await app.register(multipart, {
    limits: { fileSize: maxImageBytes, files: 1, fields: 10, fieldSize: 1024 },
  })

  app.post(
    '/products/:product_id/upload-image',
    {
      config: { access: 'staff', problems: [400] },
      schema: {
        tags: ['products'],
        summary: "Upload a product's picture",
        description:
          'A JPEG, PNG, GIF, WebP or AVIF of at most 10 MB and 25 megapixels, in the field `file`.',
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
      const picture = await makePicture(await readUpload(request))
      const imageStem = await images.upload(productId, picture)
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

/** The bytes of the field `file`. A refused file is drained: the next request comes over the same connection. */
async function readUpload(request: FastifyRequest): Promise<Buffer> {
  const part = await request.file().catch(refuseUnreadable)
  if (part?.fieldname === 'file' && imageTypes.includes(part.mimetype)) {
    return part.toBuffer().catch(refuseUnreadable)
  }
  part?.file.resume()
  if (part?.fieldname !== 'file') {
    throw new Problem(400, 'no_file', 'No file was sent in the field "file".')
  }
  const detail = 'Invalid file type. Only JPEG, PNG, GIF, WebP and AVIF are allowed.'
  throw new Problem(400, 'invalid_file_type', detail)
}

/** A form without a boundary or an end, or whose sender went away; limits come with a status of their own. */
function refuseUnreadable(error: unknown): never {
  if (error instanceof Error && 'statusCode' in error) throw error
  throw new Problem(400, 'unreadable_form', 'The form could not be read.', {
    headers: { connection: 'close' },
  })
}
