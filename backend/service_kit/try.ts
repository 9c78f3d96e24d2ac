import { createScratchDatabase } from './test-support/scratch-database.ts'
import { startTcpProxy } from './test-support/tcp-proxy.ts'
import { openPool } from './src/postgres.ts'
const db = await createScratchDatabase()
const proxy = await startTcpProxy('127.0.0.1', 55432)
const sql = openPool({ ...db.config, port: proxy.port })
console.log((await sql`select 1 as a`).length)
proxy.cut()
for (let i = 0; i < 12; i++) {
  const t = Date.now()
  const r = await Promise.race([sql`select 1`.then(() => 'ok', (e) => e.code), new Promise((r) => setTimeout(r, 3000, 'HANG'))])
  console.log(i, r, Date.now() - t)
  if (r === 'HANG') break
  await new Promise((r) => setTimeout(r, 100))
}
proxy.restore()
const t = Date.now(); console.log(await sql`select 1`.then(() => 'ok', (e) => e.code), Date.now() - t)
await sql.end({ timeout: 1 }); await proxy.close(); await db.drop()
