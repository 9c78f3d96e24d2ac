import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { Crash } from './app/crash.tsx'
import { NotFound } from './app/not-found.tsx'
import { Shell } from './app/shell.tsx'
import { type Status, statuses } from './order-status.ts'
import { CartPage } from './shop/cart/cart-page.tsx'
import { CataloguePage } from './shop/catalogue/catalogue-page.tsx'
import { ProductPage } from './shop/product/product-page.tsx'
import { PageSkeleton } from './ui/skeleton.tsx'

const root = createRootRoute({ component: Shell })

const searchOf = (search: Record<string, unknown>): { search?: string } =>
  typeof search.search === 'string' && search.search ? { search: search.search.slice(0, 255) } : {}

const catalogue = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: searchOf,
  component: CataloguePage,
})

const product = createRoute({
  getParentRoute: () => root,
  path: 'products/$productId',
  component: ProductPage,
})

const cart = createRoute({
  getParentRoute: () => root,
  path: 'cart',
  component: CartPage,
})

const checkout = createRoute({
  getParentRoute: () => root,
  path: 'checkout',
  component: lazyRouteComponent(() => import('./shop/checkout/checkout-page.tsx'), 'CheckoutPage'),
})

const order = createRoute({
  getParentRoute: () => root,
  path: 'orders/$orderId',
  component: lazyRouteComponent(() => import('./shop/order/order-page.tsx'), 'OrderPage'),
})

const staff = createRoute({
  getParentRoute: () => root,
  path: 'staff',
  component: lazyRouteComponent(() => import('./staff/staff-layout.tsx'), 'StaffLayout'),
})

const staffHome = createRoute({
  getParentRoute: () => staff,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/staff/products', replace: true })
  },
})

const staffProducts = createRoute({
  getParentRoute: () => staff,
  path: 'products',
  validateSearch: searchOf,
  component: lazyRouteComponent(() => import('./staff/products/products-page.tsx'), 'ProductsPage'),
})

const staffNewProduct = createRoute({
  getParentRoute: () => staff,
  path: 'products/new',
  component: lazyRouteComponent(() => import('./staff/products/new-product-page.tsx'), 'NewProductPage'),
})

const staffProduct = createRoute({
  getParentRoute: () => staff,
  path: 'products/$productId',
  component: lazyRouteComponent(() => import('./staff/products/edit-product-page.tsx'), 'EditProductPage'),
})

const staffOrders = createRoute({
  getParentRoute: () => staff,
  path: 'orders',
  validateSearch: (search: Record<string, unknown>): { status?: Status } => {
    const status = statuses.find((known) => known === search.status)
    return status ? { status } : {}
  },
  component: lazyRouteComponent(() => import('./staff/orders/orders-page.tsx'), 'OrdersPage'),
})

const staffOrder = createRoute({
  getParentRoute: () => staffOrders,
  path: '$orderId',
  component: lazyRouteComponent(() => import('./staff/orders/order-panel.tsx'), 'OrderPanel'),
})

const routeTree = root.addChildren([
  catalogue,
  product,
  cart,
  checkout,
  order,
  staff.addChildren([
    staffHome,
    staffProducts,
    staffNewProduct,
    staffProduct,
    staffOrders.addChildren([staffOrder]),
  ]),
])

/** Every page by its address. Search parameters are plain text, as people type and share them. */
export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPendingMs: 300,
  defaultPendingComponent: PageSkeleton,
  defaultErrorComponent: Crash,
  defaultNotFoundComponent: () => <NotFound />,
  scrollRestoration: true,
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(search as Record<string, string>).toString()
    return text && `?${text}`
  },
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
