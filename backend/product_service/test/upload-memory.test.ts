import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { type Answer, type Client, createClient } from '@tallyshop/service-kit/test-support/http'
import {
  createScratchDatabase,
  type ScratchDatabase,
} from '@tallyshop/service-kit/test-support/scratch-database'
import { costlyPictures } from './costly-pictures.ts'
import { fileForm, noise, upload } from './pictures.ts'
import { addProduct } from './products.ts'
import { scratchStorage } from './scratch-service.ts'

const limitMb = 400
const main = new URL('../src/main.ts', import.meta.url).pathname
const { blobStorage, container } = scratchStorage()
let database: ScratchDatabase
let child: ReturnType<typeof startProcess>
let shop: Client
let costly: Buffer[]
const peaks = new Map<string, number>()
let watch: NodeJS.Timeout

before(async () => {
  costly = await costlyPictures()
  database = await createScratchDatabase()
  child = startProcess()
  shop = createClient(await startedAt())
  // The decoder comes and goes: its peak is read while it is there.
  watch = setInterval(notePeaks, 50)
})
after(async () => {
  clearInterval(watch)
  child.kill()
  await once(child, 'exit')
  await database.drop()
  await container.deleteIfExists()
})

function startProcess() {
  const { host, port, user, password, database: name } = database.config
  const environment = {
    PORT: '0',
    POSTGRES_HOST: host,
    POSTGRES_PORT: String(port),
    POSTGRES_USER: user,
    POSTGRES_PASSWORD: password,
    POSTGRES_DB: name,
    POSTGRES_SCRATCH: 'true',
    SERVICE_AUTH_SECRET: 'sixteen letters or more',
    AZURE_STORAGE_ACCOUNT_NAME: blobStorage.accountName,
    AZURE_STORAGE_ACCOUNT_KEY: String(blobStorage.accountKey),
    AZURE_STORAGE_BLOB_ENDPOINT: blobStorage.endpoint,
    AZURE_STORAGE_CONTAINER_NAME: blobStorage.containerName,
  }
  return spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, ...environment },
    timeout: 120_000,
  })
}

function startedAt(): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { msg, url } = JSON.parse(line)
      if (msg === 'started') resolve(url)
    })
  })
}

/** The most memory that the process and the decoder it started ever had, as the kernel knows it. */
function notePeaks(): void {
  const pid = String(child.pid)
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    for (const each of [pid, ...children]) {
      const peak = /VmHWM:\s+(\d+) kB/.exec(each === '' ? '' : readFileSync(`/proc/${each}/status`, 'utf8'))
      if (peak) peaks.set(each, Math.max(peaks.get(each) ?? 0, Number(peak[1]) / 1024))
    }
  } catch {
    // One that ended between being named and being read.
  }
}

/** The pictures by turns, until there are sixteen; each is put into a form once, whose bytes all share. */
async function sixteenOf(pictures: Buffer[]): Promise<Answer[]> {
  const products = await Promise.all(Array.from({ length: 16 }, () => addProduct(shop)))
  const forms = await Promise.all(pictures.map(encoded))
  return Promise.all(
    products.map(({ product_id }, n) => {
      const { type, bytes } = forms[n % forms.length] as (typeof forms)[number]
      return shop.post(`/products/${product_id}/upload-image`, bytes, { 'content-type': type })
    }),
  )
}

async function encoded(picture: Buffer): Promise<{ type: string; bytes: Buffer }> {
  const form = new Response(fileForm(picture, 'image/jpeg'))
  const type = form.headers.get('content-type') ?? ''
  return { type, bytes: Buffer.from(await form.arrayBuffer()) }
}

const isMemoryKnown = process.platform === 'linux'

test('sixteen uploads at once, of whatever costs most, take no more than 400 MB', {
  skip: !isMemoryKnown,
}, async (t) => {
  const photo = await noise(800, 600).jpeg().toBuffer()
  const large = Buffer.concat([photo, Buffer.alloc(10 * 1024 * 1024 - photo.length)])
  for (const [name, pictures] of [
    ['of 10 MB', [large]],
    ['of every kind', costly],
  ] as const) {
    const answers = await sixteenOf([...pictures])
    notePeaks()
    const codes = answers.map(({ status, body }) => (status === 200 ? '200' : `${status} ${body.code}`))
    for (const code of codes) assert.ok(['200', '422 invalid_picture', '503 overloaded'].includes(code), code)
    assert.ok(codes.includes('200'))
    t.diagnostic(`${name}: ${codes}; peaks ${[...peaks.values()].map(Math.round)} MB`)
    for (const [pid, peak] of peaks) assert.ok(peak < limitMb, `${name}: ${pid} took ${peak} MB`)
  }
  assert.ok(peaks.size >= 2, 'the decoder was seen')
  assert.equal((await upload(shop, (await addProduct(shop)).product_id, photo)).status, 200)
})
