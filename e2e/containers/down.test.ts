import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { accountKey } from './support/account.ts'
import { compose, docker, projectName } from './support/docker.ts'
import { keepLogs, readLogs } from './support/logs.ts'
import { containerNames, serviceNames } from './support/project.ts'
import { bringUp } from './support/shop.ts'

before(() => bringUp())

test('no secret and no signed address is in what any container said in the whole round', async (t) => {
  await keepLogs()
  const lines = readLogs().split('\n')
  t.diagnostic(`${lines.length} lines were looked at`)
  for (const service of serviceNames) {
    const name = containerNames[service].replace(`${projectName}-`, '')
    assert.ok(
      lines.some((line) => line.startsWith(name)),
      `nothing that ${service} said was kept`,
    )
  }
  const secrets = [...(await findSecrets()), accountKey]
  assert.ok(secrets.length >= 4, 'the secrets of docker-compose.yml were not found')
  for (const text of [...secrets, ...secrets.map(encodeURIComponent), 'sig=', 'sig%3D']) {
    assert.deepEqual(
      lines.filter((line) => line.includes(text)),
      [],
      `${text} was said`,
    )
  }
})

test('docker compose down --volumes leaves no container, no network and no volume', async () => {
  const left = async () => {
    const filter = ['--quiet', '--filter', `label=com.docker.compose.project=${projectName}`]
    const kinds = [
      ['ps', '--all'],
      ['network', 'ls'],
      ['volume', 'ls'],
    ]
    return Promise.all(kinds.map(async (kind) => (await docker([...kind, ...filter])).split('\n').length - 1))
  }
  assert.deepEqual(await left(), [6, 1, 3])
  await compose(['down', '--volumes'])
  assert.deepEqual(await left(), [0, 0, 0])
})

/** Every value of docker-compose.yml that its name calls a secret; the databases' well-known password is none. */
async function findSecrets(): Promise<string[]> {
  const { services } = JSON.parse(await compose(['--profile', 'tools', 'config', '--format', 'json']))
  const variables = Object.values<{ environment?: Record<string, string> }>(services).flatMap(
    ({ environment = {} }) => Object.entries(environment),
  )
  const secrets = variables.filter(([name, value]) => /SECRET|KEY|PASSWORD/.test(name) && value.length > 8)
  return [...new Set(secrets.map(([, value]) => value))]
}
