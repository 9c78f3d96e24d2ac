import { setImmediate as nextTurn } from 'node:timers/promises'
import { judgeAcknowledged, judgeKeyReuse } from './acknowledged.ts'
import { judgeAnswers } from './answers.ts'
import { judgeChanges } from './changes.ts'
import type { Evidence } from './evidence.ts'
import type { AddFinding } from './finding.ts'
import { judgeAdjustments, judgeLedger, judgeStock } from './ledger.ts'
import { judgeProducts } from './products.ts'
import { judgeRefusals } from './refusals.ts'
import { judgeShown } from './shown.ts'
import { judgeVerdicts } from './verdicts.ts'

/**
 * What must hold at any moment of whatever is not in motion. Others have their turns in between: the process that judges also
 * carries the requests of the trial.
 */
export async function judgeEvidence(evidence: Evidence, add: AddFinding): Promise<void> {
  for (const judge of judges) {
    await nextTurn()
    judge(evidence, add)
  }
}

const judges: ((evidence: Evidence, add: AddFinding) => void)[] = [
  judgeAcknowledged,
  judgeKeyReuse,
  judgeChanges,
  judgeVerdicts,
  judgeLedger,
  judgeStock,
  judgeAdjustments,
  judgeRefusals,
  judgeProducts,
  judgeShown,
  judgeAnswers,
]
