import type { Archive } from '@/prisma/client/client'
import { StorageTree } from '@/server/archives/storage-tree'
import type { Context } from '@/server/context'
import { BatchedCache } from '@/server/database/batched-cache'
import type { Notices } from '@/server/events'
import { FilesystemTree } from '@/server/storage/filesystem-tree'

export interface ServedArchive {
  state: 'present'
  row: Archive
  tree: Pick<FilesystemTree, 'find' | 'list'>
}

export type FoundArchive = ServedArchive | { state: 'absent' }

const CAPACITY = 1_000

/** Finds archives by name, and keeps them until one of them changes. */
export class ArchiveFinder {
  readonly #archives: BatchedCache<FoundArchive>
  readonly #stopListening: () => void

  constructor(ctx: Context, notices: Notices) {
    this.#archives = new BatchedCache<FoundArchive>({
      load: (names) => loadArchives(ctx, names),
      keep: () => 'until_told',
      capacity: CAPACITY,
    })
    this.#stopListening = notices.on('archive', () => this.#archives.forgetAll())
  }

  find(name: string): FoundArchive | Promise<FoundArchive> {
    return this.#archives.get(name)
  }

  close(): void {
    this.#stopListening()
  }
}

async function loadArchives(ctx: Context, names: string[]): Promise<Map<string, FoundArchive>> {
  const rows = await ctx.db.archive.findMany({ where: { name: { in: names } } })
  const found = new Map<string, FoundArchive>(names.map((name) => [name, { state: 'absent' }]))
  for (const row of rows) {
    const { kind, location } = row
    const tree = kind === 'directory' ? new FilesystemTree(location) : new StorageTree(ctx.storage, location)
    found.set(row.name, { state: 'present', row, tree })
  }
  return found
}
