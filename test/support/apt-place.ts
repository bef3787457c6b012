import type { Context } from '@/server/context'
import { createSecret, openTestApi } from '@/test/support/api'
import type { AptPlace } from '@/test/support/apt-repository'
import { createActor } from '@/test/support/people'
import { startTestRegistry } from '@/test/support/registry'

/** The gateway in this process, with an administrator; closed after the file. */
export async function openAptPlace(
  ctx: Context,
): Promise<{ place: AptPlace; gateway: Awaited<ReturnType<typeof startTestRegistry>> }> {
  const gateway = await startTestRegistry(ctx)
  return { gateway, place: await aptPlaceAt(ctx, gateway.url) }
}

/** @param origin of a gateway that runs with this context's database, whichever process it is. */
export async function aptPlaceAt(ctx: Context, origin: string): Promise<AptPlace> {
  const token = await createSecret(ctx, await createActor(ctx, 'administrator'), {
    scopes: ['read', 'declare', 'push', 'move', 'manage', 'administer'],
  })
  const api = openTestApi(ctx)
  return {
    origin,
    token,
    call: async (path, { type, body, ...options } = {}) =>
      api.call(path, {
        ...{ ...options, token },
        ...(type !== undefined && { headers: { 'content-type': type } }),
        ...(body !== undefined && { body: new Uint8Array(body) }),
      }),
  }
}
