import { api } from '@/components/api'
import { unwrap } from '@/server/api/client'
import type { OwnPasswordInput } from '@/server/auth/schema'

export const changeOwnPassword = (json: OwnPasswordInput) =>
  unwrap(api.me.password.$post({ json, query: {} }))
