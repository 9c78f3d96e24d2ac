/** Says on every page that nobody signs in. */
export function OpenAccessBanner() {
  return (
    <aside aria-label="Access" className="bg-warn-soft text-warn">
      <p className="page py-1.5 text-center text-[0.8125rem] leading-5">
        <strong className="font-semibold">Open access: everyone is staff.</strong>{' '}
        <span className="max-sm:sr-only">For a classroom or a laptop; nobody signs in.</span>
      </p>
    </aside>
  )
}
