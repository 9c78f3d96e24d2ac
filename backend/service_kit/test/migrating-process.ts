/** A service that is nothing but its migrations, as a process: POSTGRES_… names the database, the argument the folder. */
import { readEnvironment } from '../src/environment.ts'
import { createLogger } from '../src/logger.ts'
import { migrate } from '../src/migrations.ts'
import { readPostgresConfig } from '../src/postgres.ts'
import { runUntilSignalled } from '../src/process.ts'

const config = readEnvironment(process.env, (read) => readPostgresConfig(read, 'postgres'))
const log = createLogger('migrating', 'info')
await runUntilSignalled(log, async () => {
  await migrate(config, process.argv[2] ?? '', log)
  const life = setInterval(() => {}, 60_000)
  return { url: 'nowhere', stop: async () => clearInterval(life) }
})
