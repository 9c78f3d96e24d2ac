import type { OperationKind } from '../history.ts'
import type { Evidence } from './evidence.ts'
import type { AddFinding } from './finding.ts'

/** What a service says where it cannot serve for the moment. */
const declared503 = ['unavailable', 'outcome_pending', 'outcome_unknown', 'storage_unavailable', 'overloaded']

/** What is answered to what the load sends, other than 5xx. A picture comes from a store that is not ours. */
const usual: Partial<Record<OperationKind, number[]>> = {
  order: [201, 409],
  reused_key: [201, 409, 422],
  cancel: [200, 404, 409],
  move: [200, 404, 409],
  delete_order: [204, 404],
  adjust_stock: [200, 404, 409],
  edit_price: [200, 404, 412],
  create_product: [201],
  delete_product: [204, 404],
  upload: [200, 400, 404, 408],
  list: [200],
  read: [200, 404],
}

/** `unexpected 5xx`: any but a declared 503; `unexpected answer`: another status than such a request can have. */
export function judgeAnswers({ deeds }: Evidence, add: AddFinding): void {
  for (const { operation, kind, sent } of deeds.byOperation.values()) {
    if (kind === 'picture') continue
    for (const { method, path, answer } of sent) {
      if (!answer || usual[kind]?.includes(answer.status)) continue
      const { status, code = 'without a code', text = '' } = answer
      if (status === 503 && declared503.includes(code)) continue
      const check = status >= 500 ? 'unexpected 5xx' : 'unexpected answer'
      add(check, `${method} ${path} of operation ${operation}: ${status} ${code} ${text.slice(0, 300)}`)
    }
  }
}
