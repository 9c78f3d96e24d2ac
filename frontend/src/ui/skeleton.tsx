import { classNames } from './class-names.ts'

/** A quiet shape where something will be, of its size. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden="true" className={classNames('skeleton', className)} />
}

/** The place of a page whose code is on its way. */
export function PageSkeleton() {
  return (
    <div className="page py-10">
      <span role="status" className="sr-only">
        Loading
      </span>
      <Skeleton className="h-10 w-56" />
      <Skeleton className="mt-8 h-96 w-full" />
    </div>
  )
}
