import { failureWords } from '../api/problem.ts'
import { Button } from '../ui/button.tsx'
import { useNearEnd } from '../ui/use-near-end.ts'

type List = {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  isFetchNextPageError: boolean
  error: unknown
  fetchNextPage: () => Promise<unknown>
}

/** The end of a list: the next rows come on scroll, or by the button. */
export function MoreRows({ list, label }: { list: List; label: string }) {
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list
  const end = useNearEnd(
    () => void fetchNextPage(),
    hasNextPage && !isFetchingNextPage && !isFetchNextPageError,
  )
  return (
    <div ref={end} className="flex flex-col items-center gap-3 py-8">
      {isFetchNextPageError && (
        <p role="alert" className="text-danger">
          {failureWords(list.error)}
        </p>
      )}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchNextPageError ? 'Try again' : label}
        </Button>
      )}
    </div>
  )
}
