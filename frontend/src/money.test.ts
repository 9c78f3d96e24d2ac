import assert from 'node:assert/strict'
import { test } from 'node:test'
import { amountOf, centsOf, formatMoney, parsePrice, priceText } from './money.ts'

test('every price of two decimals survives the way to cents and back', () => {
  for (const amount of [0.01, 0.29, 1.1, 19.99, 68.9, 1234.5, 99999999.99]) {
    assert.equal(amountOf(centsOf(amount)), amount)
    assert.equal(JSON.stringify(amountOf(centsOf(amount))), String(amount))
  }
})

test('a price is read as people type it', () => {
  const typed = { '12': 1200, '12.3': 1230, '12,30': 1230, '$1,234.50': 123450, ' 0.01 ': 1, '12.': 1200 }
  for (const [text, cents] of Object.entries(typed)) assert.equal(parsePrice(text), cents, text)
})

test('what is no price of two decimals is none', () => {
  for (const text of ['', 'abc', '-1', '1.234', '1e3', '1.2.3', '1,23,4', 'NaN', '٣']) {
    assert.equal(parsePrice(text), null, text)
  }
})

test('a price is edited and shown with its cents', () => {
  assert.equal(priceText(120005), '1200.05')
  assert.equal(formatMoney(120005), '$1,200.05')
})
