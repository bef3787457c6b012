import { queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import { dismissMisses } from '@/components/misses/queries'
import { unwrap } from '@/server/api/client'

const POLL_MS = 2000

interface Probe {
  id: string
  url: string
  /** Whether the person may take the probe out of the misses again. */
  mayDismiss: boolean
}

/** Who sent the probe, or what a tool makes of it (git asks for `<url>/info/refs`); null until it has arrived. It is dismissed once seen, for it is no miss that anybody must decide. */
export const probeArrival = ({ id, url, mayDismiss }: Probe) =>
  queryOptions({
    queryKey: ['probe', id] as const,
    queryFn: async () => {
      const { items } = await unwrap(api.misses.$get({ query: { q: id } }))
      const miss = items.find((item) => item.url.startsWith(url))
      const sighting = miss?.sightings[0]
      if (miss === undefined || sighting === undefined) return null
      if (mayDismiss) await dismissMisses({ ids: [miss.id] })
      return { network: sighting.clientNetwork, userAgent: sighting.userAgent }
    },
    refetchInterval: ({ state }) => (state.data ? false : POLL_MS),
  })
