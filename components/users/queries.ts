import { queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import type { UserFilter } from '@/components/users/filter'
import { unwrap } from '@/server/api/client'
import type { UserChange, UserInput } from '@/server/auth/schema'

export const userKeys = {
  all: ['users'] as const,
  list: (filter: UserFilter) => ['users', 'list', filter] as const,
  detail: (id: string) => ['users', 'detail', id] as const,
  choices: ['users', 'choices'] as const,
}

const MOST = 500

export const userList = (filter: UserFilter) =>
  queryOptions({
    queryKey: userKeys.list(filter),
    queryFn: () => unwrap(api.users.$get({ query: filter })),
  })

export const userById = (id: string) =>
  queryOptions({
    queryKey: userKeys.detail(id),
    queryFn: () => unwrap(api.users[':id'].$get({ param: { id } })),
  })

/** People to choose from in a form. */
export const userChoices = queryOptions({
  queryKey: userKeys.choices,
  queryFn: () => unwrap(api.users.$get({ query: { limit: MOST } })),
})

export const createUser = (json: UserInput) => unwrap(api.users.$post({ json, query: {} }))

export const changeUser = ({ id, ...json }: UserChange & { id: string }) =>
  unwrap(api.users[':id'].$patch({ param: { id }, query: {}, header: {}, json }))
