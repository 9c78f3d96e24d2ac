import files from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { FrontConfig } from '../front.ts'
import { refuse } from './refusals.ts'

/** Serves the built pages; an address that is no file is one of the single-page application's. */
export function servePages(app: FastifyInstance, { pages, pictureOrigin }: FrontConfig): void {
  const headers = securityHeaders(pictureOrigin)
  app.register(files, {
    root: pages,
    preCompressed: true,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Files below assets/ carry a hash of their content in their name.
      const forEver = /[\\/]assets[\\/]/.test(path)
      reply.header('cache-control', forEver ? 'public, max-age=31536000, immutable' : 'no-cache')
      for (const [name, value] of Object.entries(headers)) reply.header(name, value)
    },
  })
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?')
    const isPage =
      ['GET', 'HEAD'].includes(request.method) && !/^\/(api|blobs|internal|assets)(\/|$)|\.\w+$/i.test(path)
    return isPage ? reply.sendFile('index.html') : refuse(reply, 404, 'There is nothing at this address.')
  })
}

function securityHeaders(pictureOrigin: string | undefined): Record<string, string> {
  const policy = [
    "default-src 'self'",
    `img-src 'self' blob: data: https:${pictureOrigin ? ` ${pictureOrigin}` : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  }
}
