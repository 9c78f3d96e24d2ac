import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { becomesReady } from '@tallyshop/embedded/child-process'
import { findFreePorts } from '@tallyshop/embedded/ports'
import { startScratch } from '@tallyshop/embedded/scratch'
import { generate } from 'selfsigned'

export type SecureAzurite = {
  accountName: string
  /** Nobody but Azurite itself is told. */
  accountKey: string
  endpoint: string
  /** The file of the certificate that its callers have to trust. */
  certificate: string
  /** The status with which it answers for a URL. */
  statusOf: (url: string, method?: string) => Promise<number>
  stop: () => Promise<void>
}

const accountName = 'identityshop'

/** An Azurite over https that takes tokens, everything in memory. */
export async function startSecureAzurite(): Promise<SecureAzurite> {
  return startScratch('secure-azurite', async ({ logFile, begin }) => {
    const { cert, private: key } = await makeCertificate()
    const [certificate, keyFile] = [`${logFile}.cert.pem`, `${logFile}.key.pem`]
    writeFileSync(certificate, cert)
    writeFileSync(keyFile, key, { mode: 0o600 })
    const [port = 0] = await findFreePorts(1)
    const accountKey = randomBytes(64).toString('base64')
    const azurite = begin({
      name: 'picture store over https',
      command: [process.execPath, ...azuriteCommand(port, certificate, keyFile)],
      environment: { PATH: process.env.PATH ?? '', AZURITE_ACCOUNTS: `${accountName}:${accountKey}` },
      logFile,
      stopSignal: 'SIGTERM',
      deathSignal: 'SIGTERM',
    })
    const endpoint = `https://127.0.0.1:${port}/${accountName}`
    const statusOf = (url: string, method = 'GET') => askStatus(url, method, cert)
    const answers = () => statusOf(endpoint).then(Boolean, () => false)
    if (!(await becomesReady(azurite, answers, 30_000))) throw new Error('Azurite does not start over https.')
    return { accountName, accountKey, endpoint, certificate, statusOf }
  })
}

function makeCertificate() {
  const altNames = [{ type: 7 as const, ip: '127.0.0.1' }]
  return generate([{ name: 'commonName', value: '127.0.0.1' }], {
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames },
    ],
  })
}

function azuriteCommand(port: number, certificate: string, keyFile: string): string[] {
  const home = dirname(
    createRequire(import.meta.resolve('@tallyshop/embedded/azurite')).resolve('azurite/package.json'),
  )
  const quiet = ['--silent', '--disableTelemetry', '--skipApiVersionCheck', '--inMemoryPersistence']
  const secure = ['--oauth', 'basic', '--cert', certificate, '--key', keyFile]
  return [
    join(home, 'dist/src/blob/main.js'),
    ...quiet,
    ...secure,
    '--blobHost',
    '127.0.0.1',
    '--blobPort',
    String(port),
  ]
}

function askStatus(url: string, method: string, ca: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, ca, timeout: 5_000 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} was not answered in 5 s.`)))
    outgoing.on('error', reject)
    outgoing.end()
  })
}
