/** Starts a trial's shop below a folder, says so, and waits to be killed: node abandoned-shop.ts <folder>. */
import { startHistory } from '../history.ts'
import { createRandom } from '../random.ts'
import { startTrialShop } from './shop.ts'

const [folder = ''] = process.argv.slice(2)
await startTrialShop({ folder, history: startHistory(), random: createRandom(1), patches: [], replicas: 1 })
console.log('serving')
