import { isKey, type StorageDriver } from '@/server/storage/driver'
import type { TreeEntry, TreeNode } from '@/server/storage/filesystem-tree'
import { sourceOf } from '@/server/storage/source'

/** Keys that are looked at for one listing: storages know no directories, so what lies deeper is passed over as well. */
const MAX_KEYS = 50_000
/** Objects whose facts are read at a time. */
const AT_ONCE = 16

/** The objects below a prefix of a storage as a tree. Names are those that storage keys may have; what begins with a dot is hidden. */
export class StorageTree {
  readonly #storage: StorageDriver
  readonly #prefix: string

  constructor(storage: StorageDriver, prefix: string) {
    this.#storage = storage
    this.#prefix = prefix
  }

  /** What a path leads to; undefined for nothing that may be seen. */
  async find(segments: readonly string[]): Promise<TreeNode | undefined> {
    const key = this.#key(segments)
    if (key === undefined) return undefined
    if (segments.length === 0) return { kind: 'directory' }
    const found = await this.#storage.stat(key)
    if (found !== undefined) return { kind: 'file', ...found, source: sourceOf(this.#storage, key) }
    for await (const _ of this.#storage.list(`${key}/`)) return { kind: 'directory' }
    return undefined
  }

  /** The entries of a directory by name, as `FilesystemTree.list`. */
  async list(segments: readonly string[], most: number): Promise<{ entries: TreeEntry[]; isCut: boolean }> {
    const key = this.#key(segments)
    if (key === undefined) return { entries: [], isCut: false }
    const kinds = new Map<string, TreeEntry['kind']>()
    let seen = 0
    let isCut = false
    for await (const each of this.#storage.list(`${key}/`)) {
      const [name = '', ...deeper] = each.slice(key.length + 1).split('/')
      seen += 1
      isCut = seen > MAX_KEYS || (kinds.size >= most && !kinds.has(name))
      if (isCut) break
      if (name !== '' && !name.startsWith('.')) kinds.set(name, deeper.length > 0 ? 'directory' : 'file')
    }
    const names = [...kinds.keys()].sort()
    const entries: TreeEntry[] = []
    for (let start = 0; start < names.length; start += AT_ONCE) {
      const part = names.slice(start, start + AT_ONCE)
      entries.push(...(await Promise.all(part.map((name) => this.#entry(`${key}/${name}`, name, kinds)))))
    }
    return { entries, isCut }
  }

  async #entry(key: string, name: string, kinds: ReadonlyMap<string, TreeEntry['kind']>): Promise<TreeEntry> {
    const kind = kinds.get(name) ?? 'file'
    const found = kind === 'file' && isKey(key) ? await this.#storage.stat(key) : undefined
    return { name, kind, size: found?.size ?? 0, modifiedAt: found?.modifiedAt ?? null }
  }

  #key(segments: readonly string[]): string | undefined {
    const key = [this.#prefix, ...segments].join('/')
    return isKey(key) && !segments.some((segment) => segment.startsWith('.')) ? key : undefined
  }
}
