import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Sample } from '../../api/samples.ts'
import { config } from '../../config.ts'
import { centsOf, priceText } from '../../money.ts'
import { stockOf } from '../../stock.ts'
import { sampleCount } from './sample-count.ts'

const folder = fileURLToPath(new URL('../../../public/samples/', import.meta.url))
const samples: Sample[] = JSON.parse(readFileSync(`${folder}products.json`, 'utf8'))
const drawings = readdirSync(folder).filter((file) => file.endsWith('.svg'))

test('there are as many samples as the button says, each with a name and a drawing of its own', () => {
  assert.equal(samples.length, sampleCount)
  assert.equal(new Set(samples.map(({ name }) => name)).size, sampleCount)
  assert.deepEqual(samples.map(({ picture }) => picture).sort(), drawings.sort())
})

test('every sample is a product that the shop takes as it is', () => {
  const { limits } = config
  for (const { name, description, price, stock_quantity: stock } of samples) {
    assert.ok(name && name === name.trim() && name.length <= limits.nameCharacters, name)
    assert.ok(description && description === description.trim(), name)
    assert.ok(description.length <= limits.descriptionCharacters, name)
    assert.ok(price > 0 && Number(priceText(centsOf(price))) === price, name)
    assert.ok(Number.isInteger(stock) && stock >= 0 && stock <= limits.stockUnits, name)
  }
})

test('the shelves show every kind of stock, and short and long names', () => {
  const levels = samples.map(({ stock_quantity: stock }) => stockOf(stock).level)
  for (const level of ['plenty', 'low', 'none']) assert.ok(levels.filter((one) => one === level).length >= 3)
  const lengths = samples.map(({ name }) => name.length).sort((a, b) => a - b)
  assert.ok((lengths[0] ?? 0) < 10 && (lengths.at(-1) ?? 0) > 80)
})

for (const file of drawings) {
  test(`${file} is a well-formed drawing of shapes alone: no script, text, style, or address`, () => {
    const svg = readFileSync(folder + file, 'utf8')
    assert.deepEqual(faultsOf(svg), [])
    assert.ok(svg.startsWith(opening), 'opens as all do')
    assert.ok(svg.length < 8000, `${svg.length} characters`)
  })
}

test('what does not belong into a drawing is found', () => {
  const draw = (inside: string) => `<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`
  const bad = [
    '<script>alert(1)</script>',
    '<text x="1" y="2">Honey</text>',
    '<foreignObject/>',
    '<image href="data:image/png;base64,AA"/>',
    '<path onclick="alert(1)" d="M0 0"/>',
    '<path style="fill:red" d="M0 0"/>',
    '<path fill="url(https://example.com/a.svg#b)" d="M0 0"/>',
    '<path fill="url(#nowhere)" d="M0 0"/>',
    '<g><path d="M0 0"/>',
    '<path d="M0 0">',
    '<path d=M0/>',
    '<!-- hidden -->',
    '<!DOCTYPE svg>',
    'words',
  ]
  for (const inside of bad) assert.notDeepEqual(faultsOf(draw(inside)), [], inside)
  assert.deepEqual(faultsOf(draw('<g><path d="M0 0"/></g>')), [])
})

const opening =
  '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="1200" viewBox="0 0 600 600">\n  <title>'

const elements = 'svg defs linearGradient radialGradient stop pattern clipPath g path ellipse circle'.split(
  ' ',
)
const attributes = (
  'width height viewBox id d cx cy r rx ry x1 x2 y1 y2 transform offset gradientUnits patternUnits clip-path ' +
  'fill fill-opacity stop-color stop-opacity stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-dasharray'
).split(' ')

const tag = /<(\/?)([a-zA-Z]+)((?: [\w-]+="[^"<&]*")*)(\/?)>/g

/** What is wrong with a drawing: it may hold these elements and attributes, well nested, and refer to itself alone. */
function faultsOf(svg: string): string[] {
  const shapes = svg.replace(/<title>[\w '-]+<\/title>/, '')
  const faults: string[] = []
  const open: string[] = []
  for (const [, end, name = '', given = '', closed] of shapes.matchAll(tag)) {
    if (!elements.includes(name)) faults.push(`<${name}>`)
    if (end && open.pop() !== name) faults.push(`</${name}> out of place`)
    if (!end && !closed) open.push(name)
    for (const [, key = '', value = ''] of given.matchAll(/ ([\w-]+)="([^"]*)"/g)) {
      if (isMisused(svg, key, value)) faults.push(`${key}="${value}"`)
    }
  }
  if (open.length > 0) faults.push(`unclosed: ${open}`)
  const rest = shapes.replaceAll(tag, '').trim()
  return rest ? [...faults, `beside the elements: ${rest}`] : faults
}

function isMisused(svg: string, key: string, value: string): boolean {
  if (key === 'xmlns') return value !== 'http://www.w3.org/2000/svg'
  if (!attributes.includes(key)) return true
  const target = /^url\(#(\w+)\)$/.exec(value)?.[1]
  return target ? !svg.includes(` id="${target}"`) : /[:;]|url/.test(value)
}
