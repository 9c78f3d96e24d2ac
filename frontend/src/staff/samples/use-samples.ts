import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useSyncExternalStore } from 'react'
import { announce } from '../../ui/announce.tsx'
import { sampleCount } from './sample-count.ts'
import { leaveSamples, runSamples, sampleRun } from './sample-run.ts'

const notice = `${sampleCount} sample products are on the shelves.`

/** Adding the sample products: how far that is, how to begin or go on, and how to leave it after a failure. */
export function useSamples() {
  const run = useSyncExternalStore(sampleRun.subscribe, sampleRun.read)
  const cache = useQueryClient()
  const navigate = useNavigate()
  const add = async () => {
    const isComplete = await runSamples(() => cache.invalidateQueries({ queryKey: ['products'] }))
    if (!isComplete) return
    if (location.pathname !== '/staff/products') return announce(notice)
    await navigate({ to: '/staff/products', search: true, replace: true, state: { notice } })
  }
  return { run, add, leave: leaveSamples }
}
