import { recordAudit } from '@/server/audit/record'
import { AddressLimit } from '@/server/auth/address-limit'
import { lockSeconds, StrangerLocks } from '@/server/auth/lock-out'
import { verifyPassword } from '@/server/auth/passwords'
import { system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

/** What a session carries of a person who has just proved who they are. */
export interface SignedIn {
  id: string
  name: string
  email: string
  sessionVersion: number
}

interface Attempt {
  email: string
  password: string
  /** Of the client, for the rate limit. */
  address: string
}

// Per process, bounded. What must hold across processes, the lock of an account, is in its row.
const addresses = new AddressLimit({ failures: 20, seconds: 300 })
const strangers = new StrangerLocks()

/**
 * Signs in with e-mail and password.
 * @throws AppError as `provePassword`.
 */
export async function signInWithPassword(ctx: Context, attempt: Attempt): Promise<SignedIn> {
  return welcome(ctx, await provePassword(ctx, attempt))
}

/**
 * Whose e-mail and password these are, whatever they are for. Each attempt is counted before the password is looked at, in
 * the account's row, so that parallel guesses count too; five failures in a row lock the account for 30 s, each further one
 * for twice as long, at most an hour. Unknown people take the same time and get the same answers.
 * @returns the id of the person.
 * @throws AppError `unauthenticated` when wrong; `rate_limited` with `detail.reason` `locked` or `limited`.
 */
export async function provePassword(ctx: Context, attempt: Attempt): Promise<string> {
  const email = attempt.email.trim().toLowerCase()
  const wait = addresses.take(attempt.address, ctx.now())
  if (wait !== undefined) throw tooMany('limited', wait)
  const id = await checkPassword(ctx, { email, password: attempt.password })
  if (id === undefined) throw new AppError('unauthenticated', 'The e-mail address or the password is wrong.')
  addresses.giveBack(attempt.address)
  return id
}

/**
 * Checks a password, under the lock of the account; a right one forgets the failures before it.
 * @returns the id of the person, or undefined when it is wrong.
 * @throws AppError `rate_limited` while the account is locked.
 */
export async function checkPassword(
  ctx: Context,
  { email, password }: Pick<Attempt, 'email' | 'password'>,
): Promise<string | undefined> {
  const account = await countAttempt(ctx, email)
  if (!account) countStranger(ctx, email)
  const right = await verifyPassword(password, account?.passwordHash ?? null)
  if (!account) return undefined
  if (!right) {
    await recordLock(ctx, account)
    return undefined
  }
  await ctx.db.user.update({
    where: { id: account.id },
    data: { failedSignIns: 0, lockedUntil: null },
    select: { id: true },
  })
  return account.id
}

async function recordLock(
  ctx: Context,
  account: { id: string; email: string; failedSignIns: number },
): Promise<void> {
  const seconds = lockSeconds(account.failedSignIns)
  if (seconds === 0) return
  await recordAudit(ctx.db, ctx, system, {
    action: 'user.lock',
    subject: { type: 'user', id: account.id, name: account.email },
    details: { failures: account.failedSignIns, seconds },
  })
}

/**
 * Counts an attempt on the account before it is made, and locks the account when it is one too many.
 * @returns undefined when nobody with this address may sign in.
 * @throws AppError `rate_limited` while the account is locked.
 */
async function countAttempt(ctx: Context, email: string) {
  const account = await ctx.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM users WHERE email = ${email} FOR UPDATE`
    const row = await tx.user.findUnique({
      where: { email, disabledAt: null },
      select: { id: true, email: true, passwordHash: true, failedSignIns: true, lockedUntil: true },
    })
    if (!row || (row.lockedUntil && row.lockedUntil > ctx.now())) return row
    const failedSignIns = row.failedSignIns + 1
    const seconds = lockSeconds(failedSignIns)
    const lockedUntil = seconds === 0 ? null : new Date(ctx.now().getTime() + seconds * 1000)
    await tx.user.update({
      where: { id: row.id },
      data: { failedSignIns, lockedUntil },
      select: { id: true },
    })
    return { ...row, failedSignIns, lockedUntil: null }
  })
  if (account?.lockedUntil) throw tooMany('locked', secondsUntil(account.lockedUntil.getTime(), ctx))
  return account
}

function countStranger(ctx: Context, email: string): void {
  const lockedUntil = strangers.attempt(email, ctx.now())
  if (lockedUntil !== undefined) throw tooMany('locked', secondsUntil(lockedUntil, ctx))
}

/** Records that someone signed in. */
export async function welcome(ctx: Context, id: string): Promise<SignedIn> {
  return ctx.db.$transaction(async (tx) => {
    const user = await tx.user.update({
      where: { id },
      data: { lastSignInAt: ctx.now() },
      select: { id: true, name: true, email: true, sessionVersion: true },
    })
    await recordAudit(
      tx,
      ctx,
      { ...system, kind: 'user', id, userId: id, name: user.name },
      {
        action: 'user.sign-in',
        subject: { type: 'user', id, name: user.email },
      },
    )
    return user
  })
}

function secondsUntil(instant: number, ctx: Context): number {
  return Math.max(1, Math.ceil((instant - ctx.now().getTime()) / 1000))
}

function tooMany(reason: 'locked' | 'limited', retryAfter: number): AppError {
  const message =
    reason === 'locked'
      ? 'Too many wrong passwords for this account. Wait before the next try.'
      : 'Too many failed sign-ins from your address. Wait before the next try.'
  return new AppError('rate_limited', message, { retryAfter, detail: { reason } })
}
