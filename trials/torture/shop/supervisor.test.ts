import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startHistory } from '../history.ts'
import { Supervisor } from './supervisor.ts'

describe('what is supervised', () => {
  it('is begun again when it was killed and when it ended by itself, and both are told apart', async () => {
    const { supervisor, ends, told } = supervised()
    await supervisor.start()
    assert.equal(await supervisor.strike(() => ends.at(-1)?.('SIGKILL')), true)
    assert.equal(supervisor.isServing, false)
    await supervisor.start()
    ends.at(-1)?.('exit code 1')
    await sleep(1)
    await supervisor.start()
    await supervisor.rest(() => ends.at(-1)?.('exit code 0'))
    assert.deepEqual(told(), [
      'start',
      'SIGKILL asked',
      'start',
      'exit code 1 unasked',
      'start',
      'exit code 0 asked',
    ])
  })

  it('stays ended when it was asked to rest, until it is started', async () => {
    const { supervisor, ends } = supervised()
    await supervisor.start()
    const how = await supervisor.rest(() => ends.at(-1)?.('exit code 0'))
    assert.equal(how, 'exit code 0')
    await sleep(30)
    assert.equal(ends.length, 1)
    assert.equal(supervisor.pid, undefined)
    assert.equal(await supervisor.strike(() => assert.fail('There is nothing to end.')), false)
    await supervisor.start()
    assert.equal(supervisor.isServing, true)
    await supervisor.rest(() => ends.at(-1)?.('exit code 0'))
  })

  it('is tried again when a start fails, which is no fault of what runs', async () => {
    const { supervisor, ends, told } = supervised({ failures: 2 })
    await supervisor.start()
    await supervisor.rest(() => ends.at(-1)?.('exit code 0'))
    const inVain = 'start in vain: exit code 1 unasked'
    assert.deepEqual(told(), [inVain, inVain, 'start', 'exit code 0 asked'])
  })
})

function supervised({ failures = 0 } = {}) {
  const history = startHistory()
  const ends: ((how: string) => void)[] = []
  const supervisor = new Supervisor({
    name: 'part',
    history,
    restartAfterMs: () => 5,
    begin: async (begun) => {
      // No process has this number: signals go nowhere.
      const ended = new Promise<string>((resolve) => ends.push(resolve))
      begun({ pid: 2 ** 30 + ends.length, ended })
      if (ends.length > failures) return
      ends.at(-1)?.('exit code 1')
      await ended
      throw new Error('It ended.')
    },
  })
  const told = () =>
    history.events.map((event) =>
      event.type === 'exit' ? `${event.how} ${event.asked ? 'asked' : 'unasked'}` : event.type,
    )
  return { supervisor, ends, told }
}
