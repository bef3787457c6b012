import { notFound, unauthorized } from 'next/navigation'
import { cache } from 'react'
import type { z } from 'zod'
import type { Actor } from '@/server/auth/permissions'
import { currentActor } from '@/server/auth/session'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { runtime } from '@/server/runtime'

/**
 * What a page of the portal gives to its use cases. Every page calls it: layouts and pages render side by side, so a gate in
 * the layout alone would protect nothing. Without a session the sign-in is shown in the page's place.
 */
export const portalSession = cache(async (): Promise<{ ctx: Context; actor: Actor }> => {
  const { ctx } = await runtime()
  const actor = await currentActor()
  if (actor.kind === 'anonymous') unauthorized()
  return { ctx, actor }
})

/** The answer of a use case; the “not found” page when there is no such thing, or the person may not know of it. */
export async function orNotFound<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof AppError && (error.code === 'not_found' || error.code === 'forbidden')) notFound()
    throw error
  }
}

/** The parameters of a page's path; the “not found” page when they cannot be right, such as an id that is none. */
export function pathParams<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const parsed = schema.safeParse(given)
  return parsed.success ? parsed.data : notFound()
}
