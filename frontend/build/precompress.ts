import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

/** Writes a `.br` and a `.gz` beside every text file of the build, which the front and nginx serve instead of compressing anew. */
export function precompress(): Plugin {
  let folder = ''
  return {
    name: 'precompress',
    apply: 'build',
    configResolved: (config) => {
      folder = resolve(config.root, config.build.outDir)
    },
    closeBundle: {
      sequential: true,
      handler: async () => {
        const files = await readdir(folder, { recursive: true })
        await Promise.all(files.filter(isText).map((file) => compress(join(folder, file))))
      },
    },
  }
}

function isText(file: string): boolean {
  return /\.(js|css|html|svg|txt)$/.test(file)
}

const gzipped = promisify(gzip)
const brotlied = promisify(brotliCompress)

async function compress(file: string): Promise<void> {
  const text = await readFile(file)
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
  await writeFile(`${file}.gz`, await gzipped(text, { level: constants.Z_BEST_COMPRESSION }))
  await writeFile(`${file}.br`, await brotlied(text, quality))
}
