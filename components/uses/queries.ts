import type { z } from 'zod'
import { api } from '@/components/api'
import { unwrap } from '@/server/api/client'
import type { useChange } from '@/server/mirror/schema'

export const changeUse = ({ id, ...json }: { id: string } & z.infer<typeof useChange>) =>
  unwrap(api.uses[':id'].$patch({ param: { id }, query: {}, header: {}, json }))

export const retireUse = ({ id, reason }: { id: string; reason: string }) =>
  unwrap(api.uses[':id'].retire.$post({ param: { id }, query: {}, header: {}, json: { reason } }))
