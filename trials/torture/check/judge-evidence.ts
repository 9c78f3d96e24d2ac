import { judgeAcknowledged, judgeKeyReuse } from './acknowledged.ts'
import { judgeAnswers } from './answers.ts'
import { judgeChanges } from './changes.ts'
import type { Evidence } from './evidence.ts'
import type { AddFinding } from './finding.ts'
import { judgeAdjustments, judgeLedger, judgeStock } from './ledger.ts'
import { judgeProducts } from './products.ts'
import { judgeRefusals } from './refusals.ts'
import { judgeVerdicts } from './verdicts.ts'

/** What must hold at any moment of whatever is not in motion. */
export function judgeEvidence(evidence: Evidence, add: AddFinding): void {
  judgeAcknowledged(evidence, add)
  judgeKeyReuse(evidence, add)
  judgeChanges(evidence, add)
  judgeVerdicts(evidence, add)
  judgeLedger(evidence.product, add)
  judgeStock(evidence, add)
  judgeAdjustments(evidence, add)
  judgeRefusals(evidence, add)
  judgeProducts(evidence, add)
  judgeAnswers(evidence.deeds, add)
}
