import type { paths as OrderPaths } from './order-service.generated.d.ts'
import type { paths as ProductPaths } from './product-service.generated.d.ts'

/** What the pages call the shapes of the two contracts; nothing here is written by hand. */
type Body<Responses, Code extends keyof Responses> = Responses[Code] extends {
  content: { 'application/json': infer T }
}
  ? T
  : never

export type Product = Body<ProductPaths['/products/{product_id}']['get']['responses'], 200>
export type NewProduct = ProductPaths['/products']['post']['requestBody']['content']['application/json']
export type ProductChanges =
  ProductPaths['/products/{product_id}']['put']['requestBody']['content']['application/json']
export type Movement = Body<
  ProductPaths['/products/{product_id}/stock-movements']['get']['responses'],
  200
>[number]

export type Order = Body<OrderPaths['/orders/{order_id}']['get']['responses'], 200>
export type OrderItem = Order['items'][number]
export type PlacedOrder = Body<OrderPaths['/orders']['post']['responses'], 201>
export type NewOrder = OrderPaths['/orders']['post']['requestBody']['content']['application/json']
