import type { FastifyReply } from 'fastify'

const codes: Record<number, string> = {
  400: 'bad_request',
  404: 'not_found',
  413: 'file_too_large',
  503: 'unavailable',
}

/** The error answer that the services give, too. */
export function refuse(reply: FastifyReply, status: number, detail: string): FastifyReply {
  const code = codes[status] ?? (status < 500 ? 'refused' : 'internal_error')
  if (status === 503) reply.header('retry-after', '1')
  return reply.code(status).send({ detail, code, request_id: reply.request.id })
}
