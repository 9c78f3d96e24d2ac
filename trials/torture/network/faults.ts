/** What can befall an exchange; all of `ms` and `pauseMs` in milliseconds. */
export type LinkFault =
  /** The request is forwarded so much later. */
  | { kind: 'delay'; ms: number }
  | { kind: 'delay_answer'; ms: number }
  /** Both directions pass in small pieces, for 10 s at most. */
  | { kind: 'slice'; bytes: number; pauseMs: number }
  /** Both directions pass slowly, for 10 s at most. */
  | { kind: 'limit'; bytesPerSecond: number }
  /** Not forwarded; both sides are reset. */
  | { kind: 'lose_request' }
  /** Forwarded; when the answer arrives it is thrown away and the near side reset. */
  | { kind: 'lose_answer' }
  /** Half of the answer's first bytes is delivered, then both sides are reset. */
  | { kind: 'cut_answer' }
  /** Nothing passes in either direction for so long, then both sides are reset. */
  | { kind: 'black_hole'; ms: number }
  /** Once the request is forwarded, that side is told that nothing more comes; carried on until an end closes, 30 s at most. */
  | { kind: 'half_close'; side: 'near' | 'far' }
  /** The request is delivered so much later, even if the near side has gone meanwhile. */
  | { kind: 'late'; ms: number }
  /** The same request arrives a second time, over a connection of its own. Only where HTTP allows that. */
  | { kind: 'repeat'; when: 'before' | 'with' | 'after' }
  /** HTTP only: the link answers itself, and the request goes nowhere. */
  | { kind: 'answer'; status: number; body?: string }

/** Whether the fault makes sense for a request: a repetition has to be one that a client or a proxy might make. */
export function mayMeet({ kind }: LinkFault, request: string, http: boolean): boolean {
  if (kind === 'answer') return http
  if (kind !== 'repeat') return true
  if (!http) return false
  const [head = ''] = request.split('\r\n\r\n', 1)
  if (/^(GET|HEAD|PUT|DELETE) |^PATCH [^ ?]*\/status[ ?]/.test(head)) return true
  return /^POST /.test(head) && /\r\nidempotency-key:/i.test(head)
}
