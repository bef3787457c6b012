import { randomUUID } from 'node:crypto'
import { recordAudit } from '@/server/audit/record'
import { type Actor, system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { isUniqueViolation, type Prisma, type Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { notify } from '@/server/events'
import { readAuthorityKey, removeAuthorityKey, writeAuthorityKey } from '@/server/proxy/authority-keys'
import { type Authority, readAuthority } from '@/server/proxy/authority-pem'
import { standings } from '@/server/proxy/authority-standing'
import { createRoot } from '@/server/proxy/root'

export type AuthorityRow = Prisma.AuthorityGetPayload<object>

interface NewAuthority {
  origin: 'generated' | 'imported'
  certificatePem: string
  privateKeyPem: string
  signsFrom: Date
}

interface Addition {
  added: NewAuthority
  dryRun?: boolean | undefined
  /** Called under the lock with all rows there are: false leaves everything as it is, a throw refuses. */
  unless?: (rows: AuthorityRow[]) => boolean
}

/** One lock for all changes of authorities: which of them signs depends on all the others. */
const LOCK = 0x61757468

/** All authorities, held still until the transaction ends. */
export async function holdAuthorities(tx: Tx): Promise<AuthorityRow[]> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK}::bigint)`
  return tx.authority.findMany({ orderBy: { signsFrom: 'desc' } })
}

/** Makes the root at the first start. However many processes start at once, one makes it and the others find it. */
export async function ensureAuthority(ctx: Context): Promise<void> {
  const isThere = (rows: { retiredAt: Date | null }[]) => rows.some(({ retiredAt }) => retiredAt === null)
  if (isThere(await ctx.db.authority.findMany({ select: { retiredAt: true } }))) return
  await addAuthority(ctx, system, { added: await newRoot(ctx, ctx.now()), unless: isThere })
}

/** A new root, named so that people and clients can tell it from others. */
export async function newRoot(ctx: Context, signsFrom: Date): Promise<NewAuthority> {
  const now = ctx.now()
  const commonName = `Entrepôt CA ${now.toISOString().slice(0, 23).replace('T', ' ')}`
  const root = await createRoot({ commonName, organisation: 'Entrepôt', now })
  return { origin: 'generated', signsFrom, ...root }
}

/**
 * Keeps an authority: its key as a file, and then its row. A process that dies in between leaves a key that nobody trusts;
 * there is never a row without its key.
 * @returns the row; undefined when `unless` held.
 * @throws AppError `invalid` when clients would refuse it, `conflict` when it is here already.
 */
export async function addAuthority(
  ctx: Context,
  actor: Actor,
  { added, dryRun, unless }: Addition,
): Promise<AuthorityRow | undefined> {
  const authority = readAuthority(added.certificatePem, added.privateKeyPem, { now: ctx.now() })
  const id = randomUUID()
  try {
    return await transact(ctx, { dryRun }, async (tx) => {
      const rows = await holdAuthorities(tx)
      if (unless?.(rows)) return undefined
      const row = await tx.authority.create({ data: rowOf(authority, { ...added, id }) })
      await recordAudit(tx, ctx, actor, {
        action: added.origin === 'imported' ? 'authority.import' : 'authority.create',
        subject: { type: 'authority', id, name: authority.subject },
        details: { fingerprint: row.fingerprint, signsFrom: row.signsFrom.toISOString() },
      })
      await notify(tx, { topic: 'authority', id })
      if (!dryRun) await writeAuthorityKey(ctx, id, added.privateKeyPem)
      return row
    })
  } catch (error) {
    if (!isUniqueViolation(error, 'fingerprint')) throw error
    await removeAuthorityKey(ctx, id)
    throw new AppError('conflict', 'This authority is here already.', { cause: error })
  }
}

function rowOf(authority: Authority, { id, origin, signsFrom }: NewAuthority & { id: string }) {
  const { chainPem, anchorPem, subject, notBefore, notAfter } = authority
  return {
    ...{ id, origin, signsFrom, subject, notBefore, notAfter },
    fingerprint: authority.fingerprint.replaceAll(':', '').toLowerCase(),
    // From the one that signs to the one that clients trust; a root is both.
    certificatePem: chainPem.endsWith(anchorPem) ? chainPem : chainPem + anchorPem,
  }
}

/** The authority that signs now, ready to sign. @throws AppError `unavailable` when there is none, or its key is elsewhere. */
export async function signingAuthority(ctx: Context): Promise<Authority> {
  const now = ctx.now()
  const rows = await ctx.db.authority.findMany({ where: { retiredAt: null } })
  const standing = standings(rows, now)
  const row = rows.find(({ id }) => standing.get(id) === 'signing')
  if (!row) {
    const message = 'No certificate authority can sign now; an administrator must rotate or import one.'
    throw new AppError('unavailable', message)
  }
  return readAuthority(row.certificatePem, await readAuthorityKey(ctx, row.id), { now })
}

const LAST_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?$/

/**
 * What clients are told to trust, in PEM: of each authority that is neither retired nor expired the certificate at the top
 * of its chain; that of the one that signs now comes first.
 */
export async function offeredCertificates(ctx: Context): Promise<string[]> {
  const rows = await ctx.db.authority.findMany({ where: { retiredAt: null }, orderBy: { signsFrom: 'asc' } })
  const standing = standings(rows, ctx.now())
  const order = ['signing', 'next', 'previous']
  const place = ({ id }: AuthorityRow) => order.indexOf(standing.get(id) ?? 'retired')
  return rows
    .filter((row) => place(row) >= 0)
    .toSorted((one, other) => place(one) - place(other))
    .map(({ certificatePem }) => LAST_CERTIFICATE.exec(certificatePem)?.[0] ?? '')
}
