import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { api } from '@/components/api'
import type { MissFilter } from '@/components/misses/filter'
import { unwrap } from '@/server/api/client'
import type { pageQuery } from '@/server/http/schema'
import type { hostRuleInput, missDeclare } from '@/server/mirror/schema'

export const missKeys = {
  all: ['misses'] as const,
  list: (filter: MissFilter) => ['misses', 'list', filter] as const,
  hosts: (cursor: string | undefined) => ['hosts', cursor] as const,
  allHosts: ['hosts'] as const,
  /** What the rail and the dashboard count. */
  counts: ['overview'] as const,
}

const FRESH_MS = 20_000

/** A page of misses; the inbox is read again now and then, since builds fill it. */
export const missList = ({ state, ...filter }: MissFilter) =>
  queryOptions({
    queryKey: missKeys.list({ state, ...filter }),
    queryFn: ({ signal }) =>
      unwrap(
        api.misses.$get(
          { query: { ...filter, state: state === 'blocked' ? 'open' : state } },
          { init: { signal } },
        ),
      ),
    refetchInterval: state === 'open' ? FRESH_MS : false,
    enabled: state !== 'blocked',
  })

/** Hosts that are blocked, with the reasons. */
export const blockedHosts = (cursor: z.infer<typeof pageQuery>['cursor']) =>
  queryOptions({
    queryKey: missKeys.hosts(cursor),
    queryFn: () => unwrap(api.hosts.$get({ query: { cursor } })),
  })

export const declareMiss = ({ id, ...json }: { id: string } & z.infer<typeof missDeclare>) =>
  unwrap(api.misses[':id'].declare.$post({ param: { id }, query: {}, json }))

export const dismissMisses = ({ ids }: { ids: string[] }) =>
  unwrap(api.misses.dismiss.$post({ json: { ids }, query: {} }))

/** Puts dismissed misses back into the inbox. */
export const reopenMisses = ({ ids }: { ids: string[] }) =>
  Promise.all(ids.map((id) => unwrap(api.misses[':id'].reopen.$post({ param: { id }, query: {} }))))

export const blockHost = (json: z.infer<typeof hostRuleInput>) => unwrap(api.hosts.$post({ json, query: {} }))

export const unblockHost = ({ host }: { host: string }) =>
  unwrap(api.hosts[':host'].$delete({ param: { host }, query: {} }))
