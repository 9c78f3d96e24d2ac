import { compose } from './docker.ts'

const databases = { product_db: 'products', order_db: 'orders' } as const
type DatabaseService = keyof typeof databases

/** A digest of every table and of every picture that the shop keeps, by its name. */
export async function readState(): Promise<Record<string, string>> {
  const [products, orders, pictures] = await Promise.all([
    digestTables('product_db'),
    digestTables('order_db'),
    digestPictures(),
  ])
  return { ...products, ...orders, ...pictures }
}

/** The databases of a server and the containers of the picture store: what a test could have left there. */
export async function listPlaces(): Promise<{ databases: string[]; blobContainers: string[] }> {
  const names = await Promise.all(
    (['product_db', 'order_db'] as const).map((service) =>
      query(service, 'select datname from pg_database where not datistemplate order by 1'),
    ),
  )
  return { databases: names.flat(), blobContainers: await askPictureStore(printContainers) }
}

/** What a statement says in the service's database, one text a row. */
export async function query(service: DatabaseService, statement: string): Promise<string[]> {
  const psql = [
    'psql',
    '-U',
    'postgres',
    '-d',
    databases[service],
    '-At',
    '-v',
    'ON_ERROR_STOP=1',
    '-c',
    statement,
  ]
  return (await compose(['exec', '-T', service, ...psql])).trim().split('\n').filter(Boolean)
}

/** Without the sweeper's own row, which changes whenever a sweep was due. */
async function digestTables(service: DatabaseService): Promise<Record<string, string>> {
  const tables = await query(
    service,
    `select tablename from pg_tables where schemaname = 'public' and tablename <> 'image_sweep' order by 1`,
  )
  const digests = tables.map(
    (table) =>
      `select '${databases[service]}.${table}', count(*) || ' rows ' || md5(string_agg(t::text, ';' order by t::text)) from ${table} t`,
  )
  const rows = await query(service, digests.join(' union all '))
  return Object.fromEntries(rows.map((row) => row.split('|') as [string, string]))
}

async function digestPictures(): Promise<Record<string, string>> {
  return Object.fromEntries(
    (await askPictureStore(printDigests)).map((line) => line.split('|') as [string, string]),
  )
}

/** Runs a program where the picture store can be reached, and returns the lines it prints. */
async function askPictureStore(program: string): Promise<string[]> {
  const node = ['node', '--input-type=module', '-']
  const said = await compose(['exec', '-T', 'product_service', ...node], { input: openStore + program })
  return said.trim().split('\n').filter(Boolean)
}

const openStore = `
import { createHash } from 'node:crypto'
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob'
const { AZURITE_BLOB_ENDPOINT: url, AZURITE_ACCOUNT_KEY: key } = process.env
const store = new BlobServiceClient(url, new StorageSharedKeyCredential(new URL(url).pathname.slice(1), key))
`
const printContainers = 'for await (const { name } of store.listContainers()) console.log(name)'
const printDigests = `
for await (const { name } of store.listContainers()) {
  const container = store.getContainerClient(name)
  for await (const blob of container.listBlobsFlat()) {
    const bytes = await container.getBlobClient(blob.name).downloadToBuffer()
    console.log(name + '/' + blob.name + '|' + createHash('sha256').update(bytes).digest('hex'))
  }
}`
