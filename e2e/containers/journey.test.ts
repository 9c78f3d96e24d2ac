import assert from 'node:assert/strict'
import { testJourney } from '../support/journey.ts'
import { compose } from './support/docker.ts'
import { untilHealthyAgain } from './support/faults.ts'
import { serviceNames } from './support/project.ts'
import { bringUp, inspect, urls } from './support/shop.ts'

testJourney(async () => {
  await bringUp()
  return { urls: () => urls, restart: stopAndStart, end: async () => {} }
})

async function stopAndStart(): Promise<void> {
  await compose(['stop'])
  for (const service of serviceNames) {
    const { State } = await inspect(service)
    // 137 would be one that did not stop within its time, and was killed.
    assert.deepEqual([State.Status, State.ExitCode, State.OOMKilled], ['exited', 0, false], service)
  }
  await compose(['start'])
  await Promise.all(serviceNames.map(untilHealthyAgain))
}
