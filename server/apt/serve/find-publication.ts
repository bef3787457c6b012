import { parseRelease } from '@/server/apt/format/release'
import type { SignedRelease } from '@/server/apt/publish/publish-branch'
import type { Context } from '@/server/context'
import { BatchedCache } from '@/server/database/batched-cache'
import type { Notices } from '@/server/events'

/** A repository as clients see it now. */
export interface ServedRepository {
  state: 'known'
  id: string
  name: string
  /** The publication that each branch shows, by the branch's name. */
  branches: ReadonlyMap<string, { id: string; publication: string | null }>
}

/** A publication, whose texts and digests never change. */
export interface ServedPublication {
  id: string
  at: Date
  /** The one before it is of the same second: a date does not tell the two apart. */
  hasTwin: boolean
  /** By directory: `''` for `dists/<branch>/`, `amd64` for one of the flat layout. */
  releases: ReadonlyMap<string, ServedRelease>
  weight: number
}

export interface ServedRelease extends SignedRelease {
  /** SHA-256 by path. */
  files: ReadonlyMap<string, string>
}

interface Absent {
  state: 'absent'
}

interface RepositoryRow {
  id: string
  name: string
  branches: { id: string; name: string; publication: string | null }[] | null
}

interface PublicationRow {
  id: string
  at: Date
  has_twin: boolean
  release: string
  in_release: string
  detached: string
  flat: Record<string, SignedRelease>
}

/** Memory that texts of publications may take, in bytes. */
const TEXTS = 32 * 1024 * 1024

/** Finds what a branch shows: the pointer as long as nothing is announced, what it points to for ever. */
export class PublicationFinder {
  readonly #repositories: BatchedCache<ServedRepository | Absent>
  readonly #publications: BatchedCache<ServedPublication>
  readonly #stopListening: () => void

  constructor(ctx: Context, notices: Notices) {
    this.#repositories = new BatchedCache({
      load: (names) => loadRepositories(ctx, names),
      keep: () => 'until_told' as const,
      capacity: 2000,
    })
    this.#publications = new BatchedCache({
      load: (ids) => loadPublications(ctx, ids),
      keep: () => 'for_ever' as const,
      capacity: 2000,
      weigh: { of: ({ weight }) => weight, total: TEXTS },
    })
    this.#stopListening = notices.on('apt', () => this.#repositories.forgetPassing())
  }

  /** As it was a moment ago, or is now. */
  repository(name: string) {
    return this.#repositories.get(name)
  }

  /** As it is now: with all that any process had answered as done before this was asked. */
  currentRepository(name: string) {
    return this.#repositories.current(name)
  }

  publication(id: string) {
    return this.#publications.get(id)
  }

  close(): void {
    this.#stopListening()
  }
}

async function loadRepositories(
  { pool }: Context,
  names: string[],
): Promise<Map<string, ServedRepository | Absent>> {
  const { rows } = await pool.query<RepositoryRow>({
    name: 'apt-served-repositories',
    text: `
      SELECT r.id, r.name, (
        SELECT json_agg(json_build_object('id', b.id, 'name', b.name, 'publication', b.publication_id::text))
        FROM apt_branches b WHERE b.repository_id = r.id) AS branches
      FROM apt_repositories r WHERE r.name = ANY($1::text[])`,
    values: [names],
  })
  const found = new Map<string, ServedRepository | Absent>(names.map((name) => [name, { state: 'absent' }]))
  for (const { id, name, branches } of rows) {
    const byName = new Map((branches ?? []).map((branch) => [branch.name, branch]))
    found.set(name, { state: 'known', id, name, branches: byName })
  }
  return found
}

async function loadPublications({ pool }: Context, ids: string[]): Promise<Map<string, ServedPublication>> {
  const { rows } = await pool.query<PublicationRow>({
    name: 'apt-served-publications',
    text: `
      SELECT id, at, release, in_release, detached, flat, EXISTS (
        SELECT FROM apt_publications t WHERE t.branch_id = p.branch_id AND t.id < p.id
          AND date_trunc('second', t.at) = date_trunc('second', p.at)) AS has_twin
      FROM apt_publications p WHERE id = ANY($1::bigint[])`,
    values: [ids],
  })
  return new Map(
    rows.map(({ id, at, has_twin: hasTwin, release, in_release: inRelease, detached, flat }) => {
      const texts = new Map([['', { release, inRelease, detached }], ...Object.entries(flat)])
      const releases = new Map([...texts].map(([directory, signed]) => [directory, served(signed)]))
      const weight = [...texts.values()].reduce((sum, text) => sum + 4 * text.release.length, 0)
      return [id, { id, at, hasTwin, releases, weight }]
    }),
  )
}

function served(signed: SignedRelease): ServedRelease {
  const { files } = parseRelease(signed.release)
  return { ...signed, files: new Map(files.map(({ path, sha256 }) => [path, sha256 ?? ''])) }
}
