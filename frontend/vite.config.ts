import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, loadEnv } from 'vite'
import { precompress } from './build/precompress.ts'
import { preloadFonts } from './build/preload-fonts.ts'

export default defineConfig(({ mode }) => {
  const environment = loadEnv(mode, '..', '')
  const products = `http://localhost:${environment.PRODUCT_SERVICE_PORT || 8000}`
  const orders = `http://localhost:${environment.ORDER_SERVICE_PORT || 8001}`
  const front = `http://localhost:${environment.FRONTEND_PORT || 3000}`
  const withoutApi = (path: string) => path.replace(/^\/api/, '')
  return {
    plugins: [react(), tailwindcss(), preloadFonts(), precompress()],
    build: {
      // Nothing becomes a data: URL: fonts come from 'self' alone under the pages' security policy.
      assetsInlineLimit: 0,
      target: 'es2022',
    },
    server: {
      port: Number(environment.VITE_PORT || 5173),
      proxy: {
        '/api/products': { target: products, rewrite: withoutApi },
        '/api/orders': { target: orders, rewrite: withoutApi },
        // Azurite sits on a free port that only the running front knows.
        '/blobs': { target: front },
      },
    },
  }
})
