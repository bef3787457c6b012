import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import { type ApiEnv, isJson } from '@/server/api/plumbing'
import { requestIdOf } from '@/server/api/request-id'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError, toAppError } from '@/server/errors'
import type { Notices } from '@/server/events'
import { problemResponse } from '@/server/http/problem'

const MAX_JSON = 8 * 1024 * 1024

/** Gives each request its own context, and its id to every answer. */
export function ownContext(ctx: Context, notices: Notices): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const requestId = requestIdOf(c.req.raw.headers)
    c.set('ctx', { ...ctx, requestId, log: ctx.log.child({ request: requestId }) })
    c.set('notices', notices)
    await next()
    c.header('x-request-id', requestId)
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store')
  }
}

/** Lets nobody pass who does not say who they are. What they may do is decided by each use case. */
export function knownActor(identify: (request: Request) => Promise<Actor>): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const actor = await identify(c.req.raw)
    if (actor.kind === 'anonymous') throw new AppError('unauthenticated', 'Sign in, or send an API token.')
    c.set('actor', actor)
    await next()
  }
}

const limit = bodyLimit({
  maxSize: MAX_JSON,
  onError: () => {
    throw new AppError('too_large', 'The JSON body is larger than 8 MiB.')
  },
})

/** Bounds bodies that are read whole. Others stream, and whoever stores them bounds them. */
export const boundedJson: MiddlewareHandler<ApiEnv> = (c, next) =>
  isJson(c.req.header('content-type') ?? '') ? limit(c, next) : next()

/** What a handler, or the framework around it, threw, as one of ours. */
export function apiError(error: unknown): AppError {
  if (!(error instanceof HTTPException) || error.status >= 500) return toAppError(error)
  const message =
    error.status === 415
      ? 'This body is of a type that is not taken here. Send application/json.'
      : 'The body is not valid JSON.'
  return new AppError('invalid', message, { cause: error })
}

/**
 * An error as the admin API answers it. It asks for no Basic credentials, although it takes them: a browser would put up
 * its own password prompt when a session ends.
 */
export function apiProblem(error: AppError, requestId: string | undefined): Response {
  const response = problemResponse(error, requestId)
  if (error.code === 'unauthenticated') response.headers.set('www-authenticate', 'Bearer realm="Entrepot"')
  return response
}
