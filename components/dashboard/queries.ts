import { queryOptions } from '@tanstack/react-query'
import { railCounts } from '@/components/shell/queries'

const LIVE_MS = 5000

/** The dashboard's figures, shared with the rail; read again soon while files are on their way. */
export const overviewNow = queryOptions({
  ...railCounts,
  refetchInterval: ({ state }) =>
    state.data && state.data.files.pending + state.data.files.fetching > 0 ? LIVE_MS : 30_000,
})
