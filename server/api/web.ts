import { openAdminApi } from '@/server/api/app'
import { identifyRequest } from '@/server/auth/session'
import { type Runtime, runtime } from '@/server/runtime'

const opened = new WeakMap<Runtime, ReturnType<typeof open>>()

function open({ ctx, notices }: Runtime) {
  return openAdminApi({ ctx, notices, identify: (request) => identifyRequest(ctx, request) })
}

/** The admin API of the web process: identified by token, or by the session of the portal. */
export async function webApi(): Promise<ReturnType<typeof open>> {
  const parts = await runtime()
  const api = opened.get(parts) ?? open(parts)
  opened.set(parts, api)
  return api
}
