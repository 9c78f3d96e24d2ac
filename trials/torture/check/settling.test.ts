import { anOrder, ofOrder, type Plant, placement, testPlants, unknownUid } from './plants.ts'
import { keyOf } from './small-shop.ts'

const plants: Plant[] = [
  [
    'a cancelled order whose stock is not back',
    ['I9'],
    ofOrder(`update orders set stock_state = 'release_due' where order_id = 2`),
  ],
  [
    'a final answer that came too late',
    ['I9'],
    ({ history }) =>
      history.record({ type: 'end', operation: 3, kind: 'order', outcome: 'final', at: 31_000 } as never),
  ],
  [
    'an order that is still being placed',
    ['unknown'],
    ofOrder(placement(`('${unknownUid}', '${keyOf(9)}', 'd', '{}', 'placing', now(), null, null)`)),
  ],
  ['an operation without a final answer', ['unknown'], ({ did }) => did({ ...anOrder(9), end: 'none' })],
  [
    'an answer of 500',
    ['unexpected 5xx', 'unknown'],
    ({ did }) => did({ ...anOrder(9), answer: { status: 500, code: 'internal_error' }, end: 'none' }),
  ],
  [
    'an answer of 503 for which there is no word',
    ['unexpected 5xx'],
    ({ did }) => did({ operation: 9, kind: 'list', method: 'GET', path: '/orders', answer: { status: 503 } }),
  ],
  [
    'an order that is not understood',
    ['unexpected answer'],
    ({ did }) => did({ ...anOrder(9), answer: { status: 400, code: 'bad_request' } }),
  ],
  [
    'a service that ends by itself',
    ['unhandled'],
    ({ history }) => {
      history.record({ type: 'start', on: 'order-1', pid: 7, ms: 300 })
      history.record({ type: 'exit', on: 'order-1', how: 'exit code 1', asked: false })
    },
  ],
  [
    'a process that grows',
    ['memory'],
    ({ history }) => {
      for (let n = 0; n < 40; n += 1)
        history.record({
          type: 'memory',
          on: 'order-1',
          pid: 7,
          megabytes: 90 + 8 * n,
          at: 5_000 * n,
        } as never)
    },
  ],
]

testPlants(plants)
