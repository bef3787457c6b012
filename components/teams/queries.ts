import { queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import type { MemberFilter, TeamFilter } from '@/components/teams/filter'
import { unwrap } from '@/server/api/client'
import type { TeamInput } from '@/server/auth/schema'

export const teamKeys = {
  all: ['teams'] as const,
  list: (filter: TeamFilter) => ['teams', 'list', filter] as const,
  detail: (slug: string) => ['teams', 'detail', slug] as const,
  members: (slug: string, filter: MemberFilter) => ['teams', 'members', slug, filter] as const,
  choices: ['teams', 'choices'] as const,
}

const MOST = 500

export const teamList = (filter: TeamFilter) =>
  queryOptions({
    queryKey: teamKeys.list(filter),
    queryFn: () => unwrap(api.teams.$get({ query: filter })),
  })

export const teamBySlug = (slug: string) =>
  queryOptions({
    queryKey: teamKeys.detail(slug),
    queryFn: () => unwrap(api.teams[':id'].$get({ param: { id: slug } })),
  })

export const membersOf = (slug: string, filter: MemberFilter) =>
  queryOptions({
    queryKey: teamKeys.members(slug, filter),
    queryFn: () => unwrap(api.teams[':id'].members.$get({ param: { id: slug }, query: filter })),
  })

/** Teams to choose from in a form. */
export const teamChoices = queryOptions({
  queryKey: teamKeys.choices,
  queryFn: () => unwrap(api.teams.$get({ query: { limit: MOST } })),
})

export const createTeam = (json: TeamInput) => unwrap(api.teams.$post({ json, query: {} }))

export const renameTeam = ({ slug, name }: { slug: string; name: string }) =>
  unwrap(api.teams[':id'].$patch({ param: { id: slug }, query: {}, header: {}, json: { name } }))

export const removeTeam = ({ slug }: { slug: string }) =>
  unwrap(api.teams[':id'].$delete({ param: { id: slug }, query: {}, header: {} }))

interface Membership {
  slug: string
  userId: string
}

export const addMember = ({ slug, userId }: Membership) =>
  unwrap(api.teams[':id'].members.$post({ param: { id: slug }, query: {}, json: { userId } }))

export const removeMember = ({ slug, userId }: Membership) =>
  unwrap(api.teams[':id'].members[':userId'].$delete({ param: { id: slug, userId }, query: {} }))
