import { type AuditRecord, recordAudit } from '@/server/audit/record'
import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import type { Tx } from '@/server/db'
import type { FieldFault } from '@/server/errors'
import { notify } from '@/server/events'
import {
  agreeWithKnown,
  digestStored,
  type KnownDigests,
  type KnownFile,
} from '@/server/mirror/agree-with-known'
import { answerMisses } from '@/server/mirror/answer-misses'
import { queueFetches } from '@/server/mirror/queue-fetches'
import { distinctLines, type GivenLine, type Line, readLines, refuseFaults } from '@/server/mirror/read-lines'
import { readUse, type UseFields } from '@/server/mirror/read-use'
import type { Declarations, FilesInput } from '@/server/mirror/schema'

export interface DeclareOptions {
  dryRun?: boolean
}

/**
 * Declares many URLs with one reason: all of them, or none. A URL that is known gets a use; one that this team uses
 * already stays as it is; one whose fetch failed is fetched again.
 * @throws AppError `invalid` with every fault of every line; `conflict` when expected hashes contradict what is known.
 */
export async function declareFiles(
  ctx: Context,
  actor: Actor,
  input: FilesInput,
  { dryRun = false }: DeclareOptions = {},
): Promise<Declarations> {
  authorise(actor, 'file.declare', { team: input.team })
  const prepared = await prepareDeclaration(ctx, input, (index) => `files.${index}.`)
  return transact(ctx, { dryRun }, async (tx) => {
    const declared = await declareWithin(tx, ctx, actor, prepared)
    return dryRun ? withoutPhantoms(declared) : declared
  })
}

/** What a rehearsal made does not exist afterwards, so it has no id. */
function withoutPhantoms({ items, ...counts }: Declarations): Declarations {
  const made = new Set(items.filter(({ outcome }) => outcome === 'new').map(({ uri }) => uri))
  return { ...counts, items: items.map((item) => (made.has(item.uri) ? { ...item, id: null } : item)) }
}

/** Lines that may be declared, and what the team says of its uses. */
export interface Prepared {
  lines: Line[]
  distinct: Line[]
  use: UseFields
  digests: KnownDigests
  /** Their bytes are at hand, so nothing is fetched. */
  isUpload?: boolean
}

type Declaring = Pick<FilesInput, 'team' | 'reason' | 'project' | 'licence'> & { files: readonly GivenLine[] }

/**
 * All that can be checked before the transaction.
 * @param path of a line in the request.
 * @throws AppError `invalid` with a fault for each field that is wrong.
 */
export async function prepareDeclaration(
  ctx: Context,
  { files, ...fields }: Declaring,
  path: (index: number) => string,
): Promise<Prepared> {
  const faults: FieldFault[] = []
  const use = await readUse(ctx, fields, faults)
  const lines = readLines(files, path, faults)
  const distinct = distinctLines(lines, faults)
  refuseFaults(faults)
  return { lines, distinct, use: use as UseFields, digests: await digestStored(ctx, distinct) }
}

/** The one way into the ledger, for one URL and for ten thousand. The caller has authorised. */
export async function declareWithin(
  tx: Tx,
  ctx: Context,
  actor: Actor,
  { lines, distinct, use, digests, isUpload = false }: Prepared,
): Promise<Declarations> {
  const created = await insertFiles(tx, distinct)
  const files = await holdFiles(tx, distinct)
  await expect(tx, agreeWithKnown(distinct, files, digests))
  const list = [...files.values()]
  const usedBy = await insertUses(tx, { actor, use, files: list })
  const failed = list.filter((file) => file.state === 'failed' && !isUpload)
  const fetched = isUpload ? [] : [...list.filter((file) => created.has(file.uri)), ...failed]
  await queueFetches(tx, ctx, { files: fetched, ownerId: actor.userId })
  await answerMisses(tx, ctx, actor, distinct)
  await recordAudit(tx, ctx, actor, ...auditOf({ files, created, usedBy, use }), ...retriesOf(failed))
  const [only] = list
  await notify(tx, list.length === 1 && only ? { topic: 'file', id: only.id } : { topic: 'file' })
  return report({ lines, files, created, usedBy })
}

interface LedgerFile extends KnownFile {
  id: string
  host: string
  state: string
}

/**
 * Ids follow the order given, as the list does. Rows are taken in the order of URIs, so that two declarations never block
 * each other.
 */
async function insertFiles(tx: Tx, lines: readonly Line[]): Promise<Set<string>> {
  const rows = lines.map(({ uri, host, declaredUri, expected }) => [uri, declaredUri, host, expected])
  const inserted = await tx.$queryRaw<{ uri: string }[]>`
    WITH given AS MATERIALIZED (
      SELECT uuid7() AS id, row
      FROM jsonb_array_elements(${JSON.stringify(rows)}::jsonb) WITH ORDINALITY AS given(row, place) ORDER BY place)
    INSERT INTO files (id, uri, declared_uri, host, expected_integrity)
    SELECT id, row ->> 0, row ->> 1, row ->> 2, row ->> 3 FROM given ORDER BY row ->> 0
    ON CONFLICT (uri) DO NOTHING RETURNING uri`
  return new Set(inserted.map(({ uri }) => uri))
}

/** Holds the rows until the transaction ends, so that a fetch which ends just now and this declaration see each other. */
async function holdFiles(tx: Tx, lines: readonly Line[]): Promise<Map<string, LedgerFile>> {
  const rows = await tx.$queryRaw<LedgerFile[]>`
    SELECT id, uri, host, state::text AS state, sha256, expected_integrity AS "expectedIntegrity" FROM files
    WHERE uri = ANY (${lines.map(({ uri }) => uri)}) ORDER BY uri FOR NO KEY UPDATE`
  return new Map(rows.map((row) => [row.uri, row]))
}

async function expect(tx: Tx, expectations: ReadonlyMap<string, string>): Promise<void> {
  if (expectations.size === 0) return
  await tx.$executeRaw`
    UPDATE files SET expected_integrity = expected, updated_at = now()
    FROM unnest(${[...expectations.keys()]}::text[], ${[...expectations.values()]}::text[]) AS given(uri, expected)
    WHERE files.uri = given.uri`
}

/** @returns ids of the files that got a use now. */
async function insertUses(
  tx: Tx,
  { actor, use, files }: { actor: Actor; use: UseFields; files: readonly LedgerFile[] },
): Promise<Set<string>> {
  const inserted = await tx.$queryRaw<{ file_id: string }[]>`
    INSERT INTO uses (file_id, team_id, reason, project, licence, created_by_id)
    SELECT file, ${use.teamId}::uuid, ${use.reason}, ${use.project}, ${use.licence}, ${actor.userId}::uuid
    FROM unnest(${files.map(({ id }) => id)}::uuid[]) AS file
    ON CONFLICT (file_id, team_id, coalesce(project, '')) WHERE retired_at IS NULL DO NOTHING
    RETURNING file_id`
  return new Set(inserted.map(({ file_id }) => file_id))
}

interface Outcome {
  files: ReadonlyMap<string, LedgerFile>
  created: ReadonlySet<string>
  usedBy: ReadonlySet<string>
}

function auditOf({ files, created, usedBy, use }: Outcome & { use: UseFields }): AuditRecord[] {
  const details = { team: use.team, reason: use.reason, project: use.project, licence: use.licence }
  return [...files.values()]
    .filter((file) => usedBy.has(file.id))
    .map((file) => ({
      action: created.has(file.uri) ? 'file.declare' : 'use.add',
      subject: { type: 'file', id: file.id, name: file.uri },
      details,
    }))
}

function retriesOf(files: readonly LedgerFile[]): AuditRecord[] {
  return files.map(({ id, uri }) => ({ action: 'file.retry', subject: { type: 'file', id, name: uri } }))
}

function report({ lines, files, created, usedBy }: Outcome & { lines: readonly Line[] }): Declarations {
  const seen = new Set<string>()
  const items = lines.map(({ uri }) => {
    const id = files.get(uri)?.id ?? null
    const fresh = created.has(uri) ? 'new' : id !== null && usedBy.has(id) ? 'use' : 'known'
    const outcome: Declarations['items'][number]['outcome'] = seen.has(uri) ? 'repeat' : fresh
    seen.add(uri)
    return { uri, id, outcome }
  })
  return { items, created: created.size, usesAdded: usedBy.size }
}
