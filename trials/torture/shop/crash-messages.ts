/** What happens when a point is reached. */
export type PointAction =
  | { action: 'kill' | 'count' }
  | { action: 'hold'; ms: number }
  | { action: 'hold_until'; mostMs: number }

export type Facts = Record<string, unknown>

/** An action for the next time that a point is reached by something that the facts fit. */
export type Armed = PointAction & { id: number; point: string; fits?: Facts | undefined }

/** What a trial tells a service; `go` ends a hold. */
export type ToService =
  | { type: 'arm'; armed: Armed }
  | { type: 'disarm' | 'go'; id: number }
  | { type: 'clock'; offsetMs: number }

/** What a service tells the trial; `counts` are those since the last time. */
export type FromService =
  | { type: 'counts'; counts: Record<string, number> }
  | { type: 'reached'; id: number; facts: Facts }
