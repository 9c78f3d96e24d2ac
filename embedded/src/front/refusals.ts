import type { FastifyReply } from 'fastify'

const codes: Record<number, string> = {
  400: 'bad_request',
  404: 'not_found',
  413: 'file_too_large',
  415: 'unsupported_media_type',
  431: 'headers_too_large',
  503: 'unavailable',
}

/** The error answer that the services give, too. */
export function refuse(reply: FastifyReply, status: number, detail: string): FastifyReply {
  const code = codes[status] ?? (status < 500 ? 'refused' : 'internal_error')
  if (status === 503) reply.header('retry-after', '1')
  const { id } = reply.request
  return reply.code(status).header('x-request-id', id).send({ detail, code, request_id: id })
}
