import type { NewPackage } from '@/server/apt/packages/new-package'
import { queuePaths } from '@/server/apt/packages/queue-paths'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'

interface Storing {
  repositoryId: string
  packages: readonly NewPackage[]
  uploadId?: string | undefined
}

/** Packages written with one statement, and characters that they may have together. */
const BATCH = 1000
const BATCH_TEXT = 16 * 1024 * 1024

/**
 * Stores packages in a repository, in no branch yet. One that is there already, with the same bytes, is used as it is. The blobs
 * of all files must have their rows.
 * @returns the ids in the order given, and how many packages are new.
 * @throws AppError `conflict`, with both hashes, when a name, version and architecture, or a path, means other bytes already; for a component or
 *   an architecture that the repository does not have.
 */
export async function storePackages(
  tx: Tx,
  { repositoryId, packages, uploadId }: Storing,
): Promise<{ ids: bigint[]; added: number }> {
  const ids: bigint[] = []
  let added = 0
  // One at a time adds to a repository: two could give one path different bytes, or wait for each other's packages. Whoever
  // needs branches as well has locked them before.
  const [repository] = await tx.$queryRaw<Layout[]>`
    SELECT id, name, components, architectures, contents FROM apt_repositories
    WHERE id = ${repositoryId}::uuid FOR NO KEY UPDATE`
  if (repository !== undefined) requirePlaces(repository, packages)
  for (const batch of batchesOf(packages)) {
    added += await insertPackages(tx, repositoryId, batch, uploadId)
    const found = await readIds(tx, repositoryId, batch)
    await insertFiles(tx, repositoryId, batch, found)
    ids.push(...found)
  }
  // They were read before the repository was set to keep Contents.
  const lacks = packages.some(({ type, contents }) => type !== 'source' && contents === null)
  if (repository?.contents && lacks) await queuePaths(tx, repository)
  return { ids, added }
}

function* batchesOf(packages: readonly NewPackage[]): Generator<NewPackage[], void> {
  let batch: NewPackage[] = []
  let text = 0
  for (const one of packages) {
    const own = textOf(one)
    if (batch.length >= BATCH || (batch.length > 0 && text + own > BATCH_TEXT)) {
      yield batch
      batch = []
      text = 0
    }
    batch.push(one)
    text += own
  }
  if (batch.length > 0) yield batch
}

/** Characters of what is long in a package: the same that writing it takes. */
export function textOf({ stanza, contents, description }: NewPackage): number {
  return stanza.length + (contents?.length ?? 0) + (description?.length ?? 0)
}

interface Layout {
  id: string
  name: string
  contents: boolean
  components: string[]
  architectures: string[]
}

/** What was looked at before may have been taken away from the repository meanwhile; from here on it cannot be. */
function requirePlaces({ components, architectures }: Layout, packages: readonly NewPackage[]): void {
  const known = new Set([...architectures, 'all', 'source'])
  const lost = packages.find((one) => !components.includes(one.component) || !known.has(one.architecture))
  if (lost === undefined) return
  throw new AppError(
    'conflict',
    `The repository has no component “${lost.component}” with the architecture “${lost.architecture}” for ${lost.name}.`,
  )
}

async function insertPackages(
  tx: Tx,
  repositoryId: string,
  packages: readonly NewPackage[],
  uploadId: string | undefined,
): Promise<number> {
  const rows = packages.map(({ files, ...row }) => ({
    ...row,
    size: files.reduce((sum, { size }) => sum + size, 0),
  }))
  return tx.$executeRaw`
    INSERT INTO apt_packages (repository_id, upload_id, type, name, version, architecture, source_name, source_version,
      component, section, priority, maintainer, summary, description, description_md5, stanza, contents, changelog,
      provides, depends_on, size)
    SELECT ${repositoryId}::uuid, ${uploadId ?? null}::uuid, type::apt_package_type, name, version, architecture,
      "sourceName", "sourceVersion", component, section, priority, maintainer, summary, description, "descriptionMd5",
      stanza, contents, changelog, coalesce(provides, '{}'), coalesce("dependsOn", '{}'), size
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS given (type text, name text, version text, architecture text,
      "sourceName" text, "sourceVersion" text, component text, section text, priority text, maintainer text, summary text,
      description text, "descriptionMd5" text, stanza text, contents text, changelog text, provides text[],
      "dependsOn" text[], size bigint)
    ON CONFLICT (repository_id, name, version, architecture) DO NOTHING`
}

async function readIds(tx: Tx, repositoryId: string, packages: readonly NewPackage[]): Promise<bigint[]> {
  const rows = await tx.$queryRaw<{ place: bigint; id: bigint }[]>`
    SELECT given.place, k.id
    FROM unnest(${packages.map(({ name }) => name)}::text[], ${packages.map(({ version }) => version)}::text[],
      ${packages.map(({ architecture }) => architecture)}::text[]) WITH ORDINALITY AS given (name, version, architecture, place)
    JOIN apt_packages k ON k.repository_id = ${repositoryId}::uuid AND k.name = given.name COLLATE "C"
      AND k.version = given.version COLLATE "C" AND k.architecture = given.architecture COLLATE "C"
    ORDER BY given.place`
  return rows.map(({ id }) => id)
}

interface FileRow {
  path: string
  package_id: bigint
  sha256: string
  stored_package_id: bigint
  stored_sha256: string
}

/** Writes the files, and compares those that were there before: of the same package, with the same bytes. */
async function insertFiles(
  tx: Tx,
  repositoryId: string,
  packages: readonly NewPackage[],
  ids: readonly bigint[],
): Promise<void> {
  const rows = packages.flatMap(({ files }, index) =>
    files.map((file) => ({ ...file, package: Number(ids[index]) })),
  )
  const given = JSON.stringify(rows)
  await tx.$executeRaw`
    INSERT INTO apt_package_files (repository_id, path, package_id, sha256, sha1, md5, size)
    SELECT ${repositoryId}::uuid, path, package, sha256, sha1, md5, size
    FROM jsonb_to_recordset(${given}::jsonb)
      AS given (path text, package bigint, sha256 text, sha1 text, md5 text, size bigint)
    ON CONFLICT DO NOTHING`
  const [other] = await tx.$queryRaw<FileRow[]>`
    SELECT given.path, given.package AS package_id, given.sha256, f.package_id AS stored_package_id, f.sha256 AS stored_sha256
    FROM jsonb_to_recordset(${given}::jsonb) AS given (path text, package bigint, sha256 text)
    JOIN apt_package_files f ON f.repository_id = ${repositoryId}::uuid AND f.path = given.path COLLATE "C"
    WHERE f.sha256 <> given.sha256 LIMIT 1`
  if (other !== undefined) throw otherBytes(other)
  const [extra] = await tx.$queryRaw<{ path: string }[]>`
    SELECT f.path FROM apt_package_files f
    WHERE f.package_id = ANY(${ids.map(String)}::bigint[]) AND NOT EXISTS (
      SELECT FROM jsonb_to_recordset(${given}::jsonb) AS given (path text, package bigint) WHERE given.path = f.path)
    LIMIT 1`
  if (extra === undefined) return
  throw new AppError(
    'conflict',
    `This version is stored with the file ${extra.path}, which is not among those sent.`,
  )
}

function otherBytes({ path, sha256, stored_sha256 }: FileRow): AppError {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return new AppError(
    'conflict',
    `${name} is stored with other bytes: SHA-256 ${stored_sha256} is stored, ${sha256} was sent. Give it a new version.`,
    { detail: { path, stored: stored_sha256, sent: sha256 } },
  )
}
