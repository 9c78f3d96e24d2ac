import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { CannotStart } from './cannot-start.ts'
import type { Environment } from './config.ts'

export type Secrets = { serviceAuthSecret: string; orderTokenSecret: string; azuriteAccountKey: string }

/**
 * The secrets of this data folder: made at random once and kept in `secrets.json` (0600), because links given
 * to guests and signed picture addresses depend on them. Values in the environment win and are not stored.
 */
export function getSecrets(dataDir: string, environment: Environment): Secrets {
  const file = join(dataDir, 'secrets.json')
  const kept = readSecrets(file)
  const secrets: Secrets = {
    serviceAuthSecret: kept.serviceAuthSecret ?? randomBytes(32).toString('base64url'),
    orderTokenSecret: kept.orderTokenSecret ?? randomBytes(32).toString('base64url'),
    azuriteAccountKey: kept.azuriteAccountKey ?? randomBytes(64).toString('base64'),
  }
  if (Object.keys(kept).length < Object.keys(secrets).length) writeSecrets(file, secrets)
  return {
    ...secrets,
    serviceAuthSecret: environment.SERVICE_AUTH_SECRET ?? secrets.serviceAuthSecret,
    orderTokenSecret: environment.ORDER_TOKEN_SECRET ?? secrets.orderTokenSecret,
  }
}

function readSecrets(file: string): Partial<Secrets> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    if (!(error instanceof SyntaxError)) throw error
    throw new CannotStart(
      `The secrets in ${file} are damaged: put the file back from a backup, or delete it to get new ones (links given to guests then stop working).`,
    )
  }
}

function writeSecrets(file: string, secrets: Secrets): void {
  const draft = `${file}.new`
  const handle = openSync(draft, 'w', 0o600)
  writeSync(handle, `${JSON.stringify(secrets, undefined, 2)}\n`)
  fsyncSync(handle)
  closeSync(handle)
  renameSync(draft, file)
}
