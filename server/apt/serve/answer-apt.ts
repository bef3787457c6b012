import { createHash } from 'node:crypto'
import { readPublishedKeys } from '@/server/apt/keys/published-keys'
import { type AptPath, aptPath } from '@/server/apt/serve/apt-path'
import { describeIndex, IndexFinder, type ServedIndex } from '@/server/apt/serve/find-index'
import { PoolFinder } from '@/server/apt/serve/find-pool-file'
import {
  PublicationFinder,
  type ServedPublication,
  type ServedRelease,
  type ServedRepository,
} from '@/server/apt/serve/find-publication'
import { SnapshotFinder } from '@/server/apt/serve/resolve-snapshot'
import { translationIndex } from '@/server/apt/serve/translation-index'
import { HOT_BLOB_SIZE, type HotBlobs } from '@/server/blobs/hot-blobs'
import type { Context } from '@/server/context'
import type { Notices } from '@/server/events'
import { type Answer, textAnswer, withoutBody } from '@/server/http/answer'
import { chain, type Eventually } from '@/server/http/eventually'
import type { Incoming } from '@/server/http/incoming'
import { pathSegments } from '@/server/http/path-segments'
import { describeContent, represent } from '@/server/http/represent'
import { sourceInMemory } from '@/server/storage/source'

interface Parts {
  ctx: Context
  notices: Notices
  hot: Pick<HotBlobs, 'get' | 'load'>
}

interface Asked extends Pick<Incoming, 'fields'> {
  method: 'GET' | 'HEAD'
}

/** What may change is asked for again each time; what is named by its digest is never asked for twice. */
const FRESH = ['Cache-Control', 'no-cache', 'X-Content-Type-Options', 'nosniff']
const FOR_EVER = [
  ...['Cache-Control', 'public, max-age=31536000, immutable, no-transform'],
  ...['X-Content-Type-Options', 'nosniff'],
]

const BY_HASH = /^(?:(.*)\/)?by-hash\/SHA256\/([0-9a-f]{64})$/

/**
 * Answers below `/apt/`: keys, Release files, indexes, the pool, and each of them as it was at an earlier moment
 * (wiki.debian.org/DebianRepository/Format). An answer is always of one publication: a Release names digests, and files are found by them.
 */
export class AptAnswerer {
  readonly #ctx: Context
  readonly #hot: Parts['hot']
  readonly #publications: PublicationFinder
  readonly #indexes: IndexFinder
  readonly #pool: PoolFinder
  readonly #snapshots: SnapshotFinder

  constructor({ ctx, notices, hot }: Parts) {
    this.#ctx = ctx
    this.#hot = hot
    this.#publications = new PublicationFinder(ctx, notices)
    this.#indexes = new IndexFinder(ctx)
    this.#pool = new PoolFinder(ctx, notices)
    this.#snapshots = new SnapshotFinder(ctx)
  }

  /** @throws what database and storage throw. */
  answer({ method, target, fields }: Incoming): Eventually<Answer> {
    if (method !== 'GET' && method !== 'HEAD') {
      const text = 'Only GET and HEAD are answered here.\n'
      return textAnswer({ status: 405, text, headers: ['Allow', 'GET, HEAD'] })
    }
    const asked: Asked = { method, fields }
    const [, name, ...rest] = pathSegments(target) ?? []
    const path = name === undefined ? undefined : aptPath(rest)
    if (name === undefined || path === undefined) return absent(asked, 'No repository has this path.\n')
    // Notices of a change come a moment after its answer; whoever asks then by a name must find the change.
    const found = isLasting(path)
      ? this.#publications.repository(name)
      : this.#publications.currentRepository(name)
    return chain(found, (repository) =>
      repository.state === 'absent'
        ? absent(asked, `There is no Debian repository “${name}”.\n`)
        : this.#answerPath(asked, repository, path),
    )
  }

  close(): void {
    this.#publications.close()
    this.#pool.close()
  }

  #answerPath(asked: Asked, repository: ServedRepository, path: AptPath): Eventually<Answer> {
    switch (path.kind) {
      case 'root':
        return rootAnswer(asked, repository)
      case 'key':
        return this.#answerKey(asked, repository, path.form)
      case 'pool':
        return this.#answerPool(asked, repository, path.path)
      case 'snapshot':
        return this.#answerSnapshot(asked, repository, path)
      default: {
        const branch = repository.branches.get(path.branch)
        if (branch?.publication == null) return absent(asked, `There is no branch “${path.branch}”.\n`)
        return chain(this.#publications.publication(branch.publication), (publication) =>
          this.#answerFile(asked, repository, publication, path),
        )
      }
    }
  }

  #answerFile(
    from: Asked,
    repository: ServedRepository,
    publication: ServedPublication,
    path: AptPath & { kind: 'dists' | 'flat' },
    headers: readonly string[] = FRESH,
  ): Eventually<Answer> {
    const asked = publication.hasTwin ? withoutDate(from) : from
    const release = publication.releases.get(path.kind === 'flat' ? path.directory : '')
    if (release === undefined) return absent(asked, 'This branch has no such directory.\n')
    const text = signedText(release, path.path) ?? translationIndex(release, path.path)
    if (text !== undefined) return textFile(asked, text, publication.at, headers)
    const [, , hash] = BY_HASH.exec(path.path) ?? []
    const sha256 = hash ?? release.files.get(path.path)
    if (sha256 === undefined) return absent(asked, 'This branch has no such file.\n')
    return chain(this.#indexes.find(repository.id, sha256), (index) =>
      index.state === 'absent'
        ? absent(asked, 'No index of this repository has this digest.\n')
        : this.#answerIndex(asked, index, publication.at, hash === undefined ? headers : FOR_EVER),
    )
  }

  #answerIndex(asked: Asked, index: ServedIndex, at: Date, headers: readonly string[]): Eventually<Answer> {
    const large = this.#indexes.large(index)
    if (large !== undefined) return represent(asked, describeIndex(index, large, at, headers))
    const kept = this.#indexes.kept(index)
    const answer = (content: Buffer) =>
      represent({ ...asked, content }, describeIndex(index, sourceInMemory(content), at, headers))
    return kept === undefined ? this.#indexes.load(index).then(answer) : answer(kept)
  }

  #answerPool(asked: Asked, repository: ServedRepository, path: string): Eventually<Answer> {
    return chain(this.#pool.find(repository.id, path), (file) => {
      if (file.state === 'absent') return absent(asked, 'The pool has no such file.\n')
      const { representation } = file
      const content = this.#hot.get(representation.key)
      const isSmall = representation.size <= HOT_BLOB_SIZE
      if (content !== undefined || !isSmall || asked.method === 'HEAD') {
        return represent({ ...asked, content }, representation)
      }
      return this.#hot
        .load(representation)
        .then((loaded) => represent({ ...asked, content: loaded }, representation))
    })
  }

  async #answerKey(asked: Asked, repository: ServedRepository, form: 'armored' | 'binary'): Promise<Answer> {
    const keys = await readPublishedKeys(this.#ctx.db, repository.id)
    const content = form === 'armored' ? Buffer.from(keys.armored) : keys.binary
    const contentType = form === 'armored' ? 'application/pgp-keys' : 'application/octet-stream'
    // A key that is renewed, or comes back from retirement, changes the file and no date.
    return memoryFile(withoutDate(asked), content, { contentType, at: keys.changedAt, headers: FRESH })
  }

  /** The exact name of a snapshot is answered; another one is sent to the snapshot before it. */
  async #answerSnapshot(
    asked: Asked,
    repository: ServedRepository,
    { snapshotId, rest, path }: AptPath & { kind: 'snapshot' },
  ): Promise<Answer> {
    if (rest.kind === 'pool') return this.#answerPool(asked, repository, rest.path)
    if (rest.kind !== 'dists' && rest.kind !== 'flat')
      return absent(asked, 'A snapshot has no page of its own.\n')
    const branch = repository.branches.get(rest.branch)
    if (branch === undefined) return absent(asked, `There is no branch “${rest.branch}”.\n`)
    const resolved = await this.#snapshots.resolve(branch.id, snapshotId)
    if (resolved.state === 'none') return absent(asked, 'This branch has no snapshot as old as that.\n')
    if (resolved.state === 'earlier') {
      const place = path.split('/').map(encodeURIComponent).join('/')
      const location = `/apt/${repository.name}/snapshots/${resolved.snapshotId}/${place}`
      const text = 'The snapshot before that moment is there.\n'
      return plain(asked, textAnswer({ status: 301, text, headers: ['Location', location] }))
    }
    const publication = await this.#publications.publication(resolved.publication)
    return this.#answerFile(asked, repository, publication, rest, FOR_EVER)
  }
}

/** Whether the path means the same for ever. */
function isLasting(path: AptPath): boolean {
  if (path.kind === 'dists' || path.kind === 'flat') return BY_HASH.test(path.path)
  return path.kind === 'pool'
}

/** For what has changed without a later date: who knows what he has by its date alone would be told that nothing did. */
function withoutDate({ method, fields }: Asked): Asked {
  const { ifModifiedSince: _, ...others } = fields
  return { method, fields: others }
}

function signedText(release: ServedRelease, path: string): string | undefined {
  if (path === 'InRelease') return release.inRelease
  if (path === 'Release') return release.release
  return path === 'Release.gpg' ? release.detached : undefined
}

function textFile(asked: Asked, text: string, at: Date, headers: readonly string[]): Answer {
  return memoryFile(asked, Buffer.from(text), { contentType: 'text/plain; charset=utf-8', at, headers })
}

interface MemoryFile {
  contentType: string
  at: Date
  headers: readonly string[]
}

function memoryFile(asked: Asked, content: Buffer, { contentType, at, headers }: MemoryFile): Answer {
  const hex = createHash('sha256').update(content).digest('hex')
  const facts = { hex, size: content.length, contentType, contentDisposition: null, modifiedAt: at, headers }
  return represent({ ...asked, content }, describeContent({ ...facts, source: sourceInMemory(content) }))
}

function rootAnswer(asked: Asked, { name, branches }: ServedRepository): Answer {
  const lines = [...branches.keys()].sort().map((branch) => `dists/${branch}/InRelease`)
  const text = `Debian repository ${name}\n\nkey.asc\nkey.gpg\n${lines.join('\n')}\n`
  return plain(asked, textAnswer({ status: 200, text }))
}

function absent(asked: Asked, text: string): Answer {
  return plain(asked, textAnswer({ status: 404, text }))
}

function plain({ method }: Asked, answer: Answer): Answer {
  return method === 'HEAD' ? withoutBody(answer) : answer
}
