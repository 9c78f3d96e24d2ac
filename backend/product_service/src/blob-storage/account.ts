import { setTimeout as sleep } from 'node:timers/promises'
import type { TokenCredential } from '@azure/identity'
import { BlobServiceClient, newPipeline, RestError, StorageSharedKeyCredential } from '@azure/storage-blob'
import type { BlobStorageConfig } from '../config.ts'

/**
 * Later versions sign more into a user delegation SAS than stores everywhere know of; keys and signatures have to be of one
 * version.
 */
export const delegationVersion = '2024-11-04'

const tokenTimeoutMs = 15_000

/**
 * The account, by its key or, where there is none, by the identity that this process runs under. Every try ends after 6 s, and
 * `maxTries` is 1 for those who try again by themselves.
 */
export function openAccount(
  { accountName, accountKey, endpoint }: BlobStorageConfig,
  maxTries = 3,
): BlobServiceClient {
  const retryOptions = { maxTries, tryTimeoutInMs: 6_000, retryDelayInMs: 200, maxRetryDelayInMs: 1_000 }
  if (accountKey !== undefined) {
    const credential = new StorageSharedKeyCredential(accountName, accountKey)
    return new BlobServiceClient(endpoint, credential, { retryOptions })
  }
  const pipeline = newPipeline(ownIdentity(), { retryOptions })
  pipeline.factories.push({
    create: (next) => ({
      sendRequest: (request) => {
        request.headers.set('x-ms-version', delegationVersion)
        return next.sendRequest(request)
      },
    }),
  })
  return new BlobServiceClient(endpoint, pipeline)
}

export type Role = 'Storage Blob Data Contributor' | 'Storage Blob Delegator'

/** What went wrong with a call, in words for whoever runs the shop where they can do something about it. */
export function inWords(error: unknown, { accountName, accountKey }: BlobStorageConfig, role: Role): unknown {
  if (!(error instanceof RestError) || (error.statusCode !== 403 && error.statusCode !== 401)) return error
  const sentence =
    accountKey === undefined
      ? `The account ${accountName} refuses this process's identity (${error.code}): does it lack the role "${role}"?`
      : `The account ${accountName} refuses AZURE_STORAGE_ACCOUNT_KEY (${error.code}).`
  return new Error(sentence, { cause: error })
}

/** Environment, workload identity, managed identity, az login: whichever there is. Loaded when first needed: it is heavy. */
function ownIdentity(): TokenCredential {
  let loading: Promise<TokenCredential> | undefined
  return {
    getToken: async (scopes, options) => {
      loading ??= import('@azure/identity').then(({ DefaultAzureCredential }) => new DefaultAzureCredential())
      loading.catch(() => {
        loading = undefined
      })
      const token = loading.then((credential) => credential.getToken(scopes, options))
      return Promise.race([token, tooLate(options?.abortSignal)])
    },
  }
}

/** Some ways to a token wait for as long as their server lets them. */
async function tooLate(abortSignal: { aborted: boolean } | undefined): Promise<never> {
  const signal = abortSignal instanceof AbortSignal ? { signal: abortSignal } : {}
  await sleep(tokenTimeoutMs, undefined, { ref: false, ...signal })
  throw new Error(`No token within ${tokenTimeoutMs / 1000} s from the identity of this process.`)
}
