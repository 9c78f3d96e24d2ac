import { startScratchAzurite } from './azurite.ts'
import { startScratchPostgres } from './postgres.ts'

/** A PostgreSQL and an Azurite for tests, and the variables by which they are found; both are gone after `stop`. */
export async function startScratchServers(): Promise<{
  variables: Record<string, string>
  stop: () => Promise<void>
}> {
  const postgres = await startScratchPostgres()
  const azurite = await startScratchAzurite().catch(async (error) => {
    await postgres.stop()
    throw error
  })
  const variables = {
    POSTGRES_HOST: postgres.host,
    POSTGRES_PORT: String(postgres.port),
    POSTGRES_USER: postgres.user,
    POSTGRES_PASSWORD: postgres.password,
    AZURE_STORAGE_ACCOUNT_NAME: azurite.accountName,
    AZURE_STORAGE_ACCOUNT_KEY: azurite.accountKey,
    AZURE_STORAGE_BLOB_ENDPOINT: azurite.endpoint,
  }
  const stop = async () => {
    await Promise.all([postgres.stop(), azurite.stop()])
  }
  return { variables, stop }
}
