import { isLoopback } from './loopback.ts'

/** A start that cannot succeed because of its settings; the message lists every fault, one a line. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError'
}

export type Environment = Record<string, string | undefined>

type Bounds = { min?: number; max?: number }

/**
 * Reads a service's settings from the environment into one frozen object. An empty variable counts as unset.
 * All faults are reported together as one ConfigurationError; secrets are never part of a message.
 */
export function readEnvironment<Config extends object>(
  environment: Environment,
  build: (read: EnvironmentReader) => Config,
): Readonly<Config> {
  const read = new EnvironmentReader(environment)
  const config = build(read)
  if (read.faults.length > 0) throw new ConfigurationError(read.faults.join('\n'))
  return Object.freeze(config)
}

/** Typed access to single variables; notes faults instead of throwing so that they can be told together. */
export class EnvironmentReader {
  readonly faults: string[] = []
  readonly #environment: Environment

  constructor(environment: Environment) {
    this.#environment = environment
  }

  optional(name: string): string | undefined {
    return this.#environment[name]?.trim() || undefined
  }

  text(name: string, fallback?: string): string {
    const value = this.optional(name) ?? fallback
    if (value === undefined) this.fault(`${name} is missing.`)
    return value ?? ''
  }

  /**
   * A secret of at least 16 characters: anything shorter can be guessed. One that docker-compose.yml shows to everyone
   * serves only where the shop is reached from this machine alone.
   */
  secret(name: string): string {
    const value = this.text(name)
    if (value !== '' && value.length < 16) this.fault(`${name} must have at least 16 characters.`)
    if (isLaptopOnly(value) && !this.#staysOnThisMachine()) {
      this.fault(
        `${name} is the one of docker-compose.yml, which everyone can read: where PUBLIC_URL is not a loopback address, ` +
          'set one of your own, such as `openssl rand -hex 32` makes.',
      )
    }
    return value
  }

  number(name: string, fallback: number, { min = -Infinity, max = Infinity }: Bounds = {}): number {
    const value = Number(this.optional(name) ?? fallback)
    if (Number.isFinite(value) && value >= min && value <= max) return value
    this.fault(`${name} must be a number from ${min} to ${max}.`)
    return fallback
  }

  integer(name: string, fallback: number, bounds: Bounds = {}): number {
    const value = this.number(name, fallback, bounds)
    if (!Number.isInteger(value)) this.fault(`${name} must be a whole number.`)
    return value
  }

  flag(name: string, fallback: boolean): boolean {
    return this.oneOf(name, ['true', 'false'], fallback ? 'true' : 'false') === 'true'
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[], fallback: NoInfer<Choice>): Choice {
    const value = this.optional(name) ?? fallback
    const choice = choices.find((candidate) => candidate === value)
    if (choice === undefined) this.fault(`${name} must be one of: ${choices.join(', ')}.`)
    return choice ?? fallback
  }

  /** An absolute http(s) URL, returned without a trailing slash. */
  url(name: string, fallback?: string): string {
    const value = this.text(name, fallback)
    const protocol = URL.parse(value)?.protocol
    if (value !== '' && protocol !== 'http:' && protocol !== 'https:') {
      this.fault(`${name} must be an absolute http(s) URL.`)
    }
    return value.replace(/\/+$/, '')
  }

  fault(sentence: string): void {
    this.faults.push(sentence)
  }

  #staysOnThisMachine(): boolean {
    const publicUrl = this.optional('PUBLIC_URL')
    return publicUrl === undefined || isLoopback(URL.parse(publicUrl)?.hostname ?? '')
  }
}

/** Known by its beginning, also where a secret has to be base64. */
function isLaptopOnly(secret: string): boolean {
  return [secret, Buffer.from(secret, 'base64').toString()].some((text) => text.startsWith('laptop-only'))
}
