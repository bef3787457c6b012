import type { Context } from '@/server/context'
import { BatchedCache } from '@/server/database/batched-cache'
import type { Notices } from '@/server/events'
import { describeContent, type Representation } from '@/server/http/represent'

interface PoolFile {
  state: 'known'
  representation: Representation
}

interface Absent {
  state: 'absent'
}

interface Row {
  repository_id: string
  path: string
  sha256: string
  size: string
  created_at: Date
}

const CAPACITY = 50_000

/** A path of the pool never means other bytes. */
const HEADERS = [
  ...['Cache-Control', 'public, max-age=31536000, immutable, no-transform'],
  ...['X-Content-Type-Options', 'nosniff', 'Content-Security-Policy', "sandbox; default-src 'none'"],
]

/** Finds files of the pool by their path: those that are there for ever, others until something is announced. */
export class PoolFinder {
  readonly #files: BatchedCache<PoolFile | Absent>
  readonly #stopListening: () => void

  constructor(ctx: Context, notices: Notices) {
    this.#files = new BatchedCache({
      load: (keys) => loadFiles(ctx, keys),
      keep: ({ state }) => (state === 'known' ? ('for_ever' as const) : ('until_told' as const)),
      capacity: CAPACITY,
    })
    this.#stopListening = notices.on('apt', () => this.#files.forgetPassing())
  }

  /** @param path `pool/…`. */
  find(repositoryId: string, path: string) {
    return this.#files.get(`${repositoryId} ${path}`)
  }

  close(): void {
    this.#stopListening()
  }
}

async function loadFiles({ pool, blobs }: Context, keys: string[]): Promise<Map<string, PoolFile | Absent>> {
  const parts = keys.map((key) => [key.slice(0, 36), key.slice(37)])
  const { rows } = await pool.query<Row>({
    name: 'apt-pool-files',
    text: `
      SELECT DISTINCT ON (f.repository_id, f.path) f.repository_id, f.path, f.sha256, f.size, k.created_at
      FROM unnest($1::uuid[], $2::text[]) AS asked (repository_id, path)
      JOIN apt_package_files f ON f.repository_id = asked.repository_id AND f.path = asked.path COLLATE "C"
      JOIN apt_packages k ON k.id = f.package_id
      ORDER BY f.repository_id, f.path, k.id`,
    values: [parts.map(([id]) => id), parts.map(([, path]) => path)],
  })
  const found = new Map<string, PoolFile | Absent>(keys.map((key) => [key, { state: 'absent' }]))
  for (const { repository_id, path, sha256, size, created_at } of rows) {
    const representation = describeContent({
      ...{ hex: sha256, size: Number(size), contentType: typeOf(path), contentDisposition: null },
      ...{ source: blobs.source(sha256), modifiedAt: created_at, headers: HEADERS },
    })
    found.set(`${repository_id} ${path}`, { state: 'known', representation })
  }
  return found
}

function typeOf(path: string): string {
  if (/\.(u|d)?deb$/.test(path)) return 'application/vnd.debian.binary-package'
  return path.endsWith('.dsc') ? 'text/plain; charset=utf-8' : 'application/octet-stream'
}
