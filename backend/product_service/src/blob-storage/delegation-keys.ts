import { setTimeout as sleep } from 'node:timers/promises'
import {
  type BlobServiceClient,
  generateBlobSASQueryParameters,
  type UserDelegationKey,
} from '@azure/storage-blob'
import type { Logger } from '@tallyshop/service-kit/logger'
import { jittered, type Loop, startLoop } from '@tallyshop/service-kit/loop'
import type { BlobStorageConfig } from '../config.ts'
import { delegationVersion, inWords } from './account.ts'
import { readOne, type Signing, type SigningWindow, windowAt } from './signing.ts'

/** A key lives for seven days at most, of which an hour is left to clocks that differ. */
const longestLifeMs = 167 * 3_600_000
const clockSkewMs = 15 * 60_000
const longestLeadMs = 10 * 60_000
const longestPauseMs = 60_000
const askTimeoutMs = 20_000
const patienceAtStartMs = 5_000

type WindowKey = SigningWindow & { key: UserDelegationKey }

/**
 * Signs with user delegation keys, one for each signing window, so that no account key is needed. The next window's key is
 * fetched before that window begins; when it cannot be had, the key before it goes on to be used, and URLs die with it.
 * Replicas ask for the same times, and so sign alike.
 */
export class DelegationKeys implements Signing {
  readonly #account: BlobServiceClient
  readonly #config: BlobStorageConfig
  readonly #lifeMs: number
  #keys: WindowKey[] = []
  #failures = 0
  #lastFailure = ''
  #loop: Loop | undefined

  constructor(account: BlobServiceClient, config: BlobStorageConfig) {
    this.#account = account
    this.#config = config
    this.#lifeMs = Math.min(config.urlLifeMs, longestLifeMs)
  }

  sign(blobName: string, now: number): string {
    const best = this.#keys.findLast(({ startsAt, expiresAt }) => startsAt <= now && now < expiresAt)
    if (!best) return ''
    const values = { ...readOne(this.#config, blobName, best.expiresAt), version: delegationVersion }
    return String(generateBlobSASQueryParameters(values, best.key, this.#config.accountName))
  }

  async start(log: Logger): Promise<void> {
    const tried = Promise.withResolvers<void>()
    this.#loop = startLoop(async (stopping) => {
      const restMs = await this.#renew(stopping, log)
      tried.resolve()
      return restMs
    })
    await Promise.race([tried.promise, sleep(patienceAtStartMs, undefined, { ref: false })])
  }

  async stop(): Promise<void> {
    await this.#loop?.stop()
  }

  /** Fetches the key that is due, if one is, and says how long to rest. */
  async #renew(stopping: AbortSignal, log: Logger): Promise<number> {
    const due = this.#dueWindow(Date.now())
    if (!due) return Math.min(longestPauseMs, this.#lifeMs / 32)
    try {
      const key = await this.#askFor(due, stopping)
      this.#keys = [...this.#keys.slice(-1), { ...due, key }]
      if (this.#failures > 0) log.info('pictures are signed with a new key again')
      this.#failures = 0
      this.#lastFailure = ''
      return 0
    } catch (error) {
      if (!stopping.aborted) this.#tell(error, log)
      this.#failures += 1
      return jittered(Math.min(longestPauseMs, 250 * 2 ** Math.min(this.#failures, 8)))
    }
  }

  /** This window, or the next one when that begins soon, if its key is not there yet. */
  #dueWindow(now: number): SigningWindow | undefined {
    const leadMs = Math.min(longestLeadMs, this.#lifeMs / 8)
    // A clock that was ahead and is right again: keys of windows far away must not stand in the way of this one's.
    this.#keys = this.#keys.filter(({ startsAt }) => startsAt <= now + leadMs)
    const newest = this.#keys.at(-1)?.startsAt ?? -Infinity
    return [now, now + leadMs]
      .map((time) => windowAt(time, this.#lifeMs))
      .find(({ startsAt }) => startsAt > newest)
  }

  /** Stopping does not wait for an identity that does not answer. */
  async #askFor({ startsAt, expiresAt }: SigningWindow, stopping: AbortSignal): Promise<UserDelegationKey> {
    const abortSignal = AbortSignal.any([stopping, AbortSignal.timeout(askTimeoutMs)])
    const aborted = new Promise<never>((_, reject) => {
      abortSignal.addEventListener('abort', () => reject(abortSignal.reason), { once: true })
    })
    const [startsOn, expiresOn] = [new Date(startsAt - clockSkewMs), new Date(expiresAt)]
    const asked = this.#account.getUserDelegationKey(startsOn, expiresOn, { abortSignal })
    return Promise.race([asked, aborted])
  }

  /** Once for each way to fail, not once for each try. */
  #tell(error: unknown, log: Logger): void {
    const err = inWords(error, this.#config, 'Storage Blob Delegator')
    const failure = err instanceof Error ? `${err.name}: ${err.message.split('\n')[0]}` : String(err)
    if (failure === this.#lastFailure) return
    this.#lastFailure = failure
    const expiresAt = this.#keys.at(-1)?.expiresAt ?? 0
    const consequence =
      expiresAt > Date.now()
        ? `pictures are signed with the key that there is, until ${new Date(expiresAt).toISOString()}`
        : 'pictures cannot be shown: there is no key to sign with'
    log.error({ err }, consequence)
  }
}
