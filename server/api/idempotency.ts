import { createHash } from 'node:crypto'
import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import { type ApiEnv, isJson } from '@/server/api/plumbing'
import { KEPT_MS } from '@/server/api/sweep-idempotency-keys'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { seal, unseal } from '@/server/seal'

/** After this long a request without an answer is taken for dead, and its key may be used again. */
const ABANDONED_MS = 120_000
const KEY_GRAMMAR = /^[\x21-\x7e]{1,200}$/

/**
 * `Idempotency-Key` on POST: the same key of the same actor with the same request gets the first answer again, and
 * nothing is done twice. Only good answers are kept, for 24 hours: any other changed nothing and may be tried again.
 * Bodies that are streamed (anything but JSON) are exempt.
 */
export const idempotency: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const given = c.req.header('idempotency-key')
  const type = c.req.header('content-type')
  if (c.req.method !== 'POST' || given === undefined || (type !== undefined && !isJson(type))) return next()
  if (!KEY_GRAMMAR.test(given)) {
    throw new AppError('invalid', 'Idempotency-Key takes 1 to 200 visible ASCII characters.')
  }
  const { ctx, actor } = c.var
  const key = `${actor.id} ${given}`
  const fingerprint = await fingerprintOf(c)
  if (!(await claim(ctx, key, fingerprint))) return replay(ctx, key, fingerprint)
  let isKept = false
  try {
    await next()
    isKept = await keep(ctx, key, c.res)
  } finally {
    if (!isKept) await ctx.db.idempotencyKey.deleteMany({ where: { key } })
  }
  return undefined
}

async function fingerprintOf(c: HonoContext<ApiEnv>): Promise<string> {
  const { pathname, search } = new URL(c.req.url)
  const hash = createHash('sha256').update(`${c.req.method} ${pathname}${search}\n`)
  // Hono keeps the body it has read, so the handler finds it again.
  return hash.update(new Uint8Array(await c.req.arrayBuffer())).digest('hex')
}

/** Takes the key for this request. @returns false when another request has it. */
async function claim(ctx: Context, key: string, fingerprint: string): Promise<boolean> {
  const taken = await ctx.db.$executeRaw`
    INSERT INTO idempotency_keys (key, fingerprint, created_at) VALUES (${key}, ${fingerprint}, ${ctx.now()})
    ON CONFLICT (key) DO UPDATE
      SET fingerprint = excluded.fingerprint, created_at = excluded.created_at, status = NULL, body = NULL
      WHERE idempotency_keys.created_at < ${ago(ctx, KEPT_MS)}
        OR (idempotency_keys.status IS NULL AND idempotency_keys.created_at < ${ago(ctx, ABANDONED_MS)})`
  return taken === 1
}

async function replay(ctx: Context, key: string, fingerprint: string): Promise<Response> {
  const row = await ctx.db.idempotencyKey.findUnique({ where: { key } })
  if (row && row.fingerprint !== fingerprint) {
    throw new AppError('unprocessable', 'This Idempotency-Key was used for another request.')
  }
  if (!row || row.status === null || row.body === null) {
    throw new AppError('conflict', 'The same request is being answered right now.', { retryAfter: 1 })
  }
  return new Response(unseal(row.body, sealedFor(ctx)), {
    status: row.status,
    headers: { 'content-type': 'application/json', 'idempotent-replayed': 'true' },
  })
}

/** Keeps a good JSON answer, encrypted: it may show a new token. @returns whether it was kept. */
async function keep(ctx: Context, key: string, response: Response): Promise<boolean> {
  if (!response.ok || !isJson(response.headers.get('content-type') ?? '')) return false
  const body = seal(await response.clone().text(), sealedFor(ctx))
  await ctx.db.idempotencyKey.update({ where: { key }, data: { status: response.status, body } })
  return true
}

function ago(ctx: Context, ms: number): Date {
  return new Date(ctx.now().getTime() - ms)
}

function sealedFor({ secret }: Context) {
  return { secret, purpose: 'idempotency' }
}
