import { devNull } from 'node:os'

const isSetting =
  /^(DATA_DIR|PUBLIC_URL|BIND_ADDRESS|ACCESS|CORS_ORIGINS|LOG_LEVEL|PORT|[A-Z]+_PORT|[A-Z]+_SERVICE_(PORT|URL)|[A-Z_]+_SECRET|[A-Z]+_DATABASE_URL|(AZURE|AZURITE|POSTGRES|COMPOSE)_.+)$/

/** The tests bring their own settings: a developer's, in the environment or in .env, are not for them. */
export function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(environment).filter(([name]) => !isSetting.test(name))
  return { ...Object.fromEntries(others), ENV_FILE: devNull }
}
