import { answers } from '@tallyshop/embedded/http-answer'
import { until } from '../../../embedded/test/launched-shop.ts'
import { docker, projectName } from './docker.ts'
import { runExtra } from './extra-containers.ts'
import { containerNames, extraLabel } from './project.ts'
import { inspect } from './shop.ts'

export const accountKey = Buffer.from('the key of an account that is made for one trial only').toString(
  'base64',
)
const accountName = 'trialaccount'
const host = `${projectName}-account`

export type Account = {
  /** What the shop's .env would say. */
  settings: Record<string, string>
  publicEndpoint: string
  remove: () => Promise<void>
}

/** A storage account beside the shop's Azurite: another Azurite, which this machine's browsers reach by themselves. */
export async function startAccount(): Promise<Account> {
  const { Config } = await inspect('azurite')
  const reached = ['--name', host, '--network', `${projectName}_default`, '--publish', '127.0.0.1::10000']
  const named = ['--env', `AZURITE_ACCOUNTS=${accountName}:${accountKey}`, Config.Image, 'azurite']
  const quiet = ['--silent', '--disableTelemetry', '--skipApiVersionCheck', '--blobHost', '0.0.0.0']
  const { remove } = await runExtra([...reached, ...named, ...quiet, '--location', '/data'])
  const published = (await docker(['port', host, '10000/tcp'])).trim()
  const url = `http://${published}/`
  await until(
    () => answers(url),
    20_000,
    () => `Nothing answers at ${url}.`,
  )
  const publicEndpoint = `http://${published}/${accountName}`
  return {
    settings: {
      AZURE_STORAGE_ACCOUNT_NAME: accountName,
      AZURE_STORAGE_ACCOUNT_KEY: accountKey,
      AZURE_STORAGE_BLOB_ENDPOINT: `http://${host}:10000/${accountName}`,
      AZURE_STORAGE_PUBLIC_ENDPOINT: publicEndpoint,
    },
    publicEndpoint,
    remove,
  }
}

/** How many connections the shop's Azurite was ever opened, told by its network: also while it is paused. */
export async function countCallers(): Promise<number> {
  const { Config } = await inspect('product_service')
  const beside = ['--network', `container:${containerNames.azurite}`, '--label', extraLabel]
  const table = await docker([
    'run',
    '--rm',
    ...beside,
    '--entrypoint',
    'cat',
    Config.Image,
    '/proc/net/snmp',
  ])
  const [names = [], counts = []] = table
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(' '))
  return Number(counts[names.indexOf('PassiveOpens')])
}
