'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback, useMemo } from 'react'
import { writeSearch } from '@/components/search-params'

type Patch<State> = { [Key in keyof State]?: State[Key] | undefined }
type UrlState<State> = readonly [State, (patch: Patch<State>, history?: 'push' | 'replace') => void]

/**
 * State of a page that lives in its URL: filters, search, tab, cursor. Typing in a search replaces the entry of the history,
 * choosing adds one. Any change but that of the cursor goes back to the first page.
 *
 * The page has checked the URL already, with `readSearch` and the schema of the filter; here only its type is needed, so that zod
 * stays out of what a list loads.
 * @param defaults what a parameter is when it is absent.
 */
export function useUrlState<State extends object>(defaults: Partial<State> = none): UrlState<State> {
  const path = usePathname()
  const search = useSearchParams()
  const state = useMemo(() => ({ ...defaults, ...Object.fromEntries(search) }) as State, [defaults, search])
  const set = useCallback(
    (patch: Patch<State>, history: 'push' | 'replace' = 'push') => {
      // What was set a moment ago is in the address, and may not have been rendered yet.
      const { pathname, search: written } = window.location
      const now = pathname === path ? Object.fromEntries(new URLSearchParams(written)) : state
      const url = `${path}${writeSearch({ ...now, cursor: undefined, ...patch }, defaults)}`
      if (history === 'push') window.history.pushState(null, '', url)
      else window.history.replaceState(null, '', url)
    },
    [defaults, state, path],
  )
  return [state, set] as const
}

const none = {}
