import type { ErrorComponentProps } from '@tanstack/react-router'
import { Failure } from '../ui/failure.tsx'
import { Title } from './title.tsx'

/** A page that broke: says so and loads afresh, for its code may be gone after a new release. */
export function Crash({ error }: ErrorComponentProps) {
  return (
    <>
      <Title of="Something went wrong" />
      <Failure heading="h1" title="This page did not open" error={error} onRetry={() => location.reload()} />
    </>
  )
}
