import { fileURLToPath } from 'node:url'
import { startFront } from '../front.ts'

const env = process.env
const front = await startFront({
  port: Number(env.PORT),
  host: env.BIND_ADDRESS ?? '127.0.0.1',
  pages: fileURLToPath(new URL('../../../frontend/dist', import.meta.url)),
  productServiceUrl: env.PRODUCT_SERVICE_URL ?? '',
  orderServiceUrl: env.ORDER_SERVICE_URL ?? '',
  pictures: env.BLOB_ENDPOINT
    ? { endpoint: env.BLOB_ENDPOINT, container: env.BLOB_CONTAINER ?? '' }
    : undefined,
  pictureOrigin: env.PICTURE_ENDPOINT && new URL(env.PICTURE_ENDPOINT).origin,
  logLevel: 'warn',
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void front.stop())
