import type { Archive } from '@/prisma/client/client'
import { contentTypeOf } from '@/server/archives/content-type'
import { ArchiveFinder, type ServedArchive } from '@/server/archives/find-archive'
import { listingPage } from '@/server/archives/listing-page'
import { isGone } from '@/server/archives/present-archive'
import { ArchiveUseCounter } from '@/server/archives/use-counter'
import type { Context } from '@/server/context'
import type { Notices } from '@/server/events'
import { type Answer, textAnswer, withoutBody } from '@/server/http/answer'
import { formatHttpDate } from '@/server/http/http-date'
import type { Incoming } from '@/server/http/incoming'
import { pathSegments } from '@/server/http/path-segments'
import { describeContent, represent } from '@/server/http/represent'
import { addressOf } from '@/server/oci/access/request-origin'
import type { TreeNode } from '@/server/storage/filesystem-tree'

const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/
const MAX_LISTED = 5_000
/** A media type is told, not guessed; and these URLs may be on the portal's own origin: no page of an archive may act there. */
const SAFE = [
  ...['X-Content-Type-Options', 'nosniff', 'Content-Security-Policy', "sandbox; default-src 'none'"],
  ...['Cache-Control', 'no-cache'],
]
const LISTING_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"

/**
 * Answers below `/archive/`: old trees as they are, with listings, until the day from which they are gone. Every answer says that
 * the archive is deprecated (RFC 9745), when it ends (RFC 8594), and where to go instead.
 */
export class ArchiveAnswerer {
  readonly #ctx: Context
  readonly #archives: ArchiveFinder
  readonly #uses: ArchiveUseCounter

  constructor({ ctx, notices }: { ctx: Context; notices: Notices }) {
    this.#ctx = ctx
    this.#archives = new ArchiveFinder(ctx, notices)
    this.#uses = new ArchiveUseCounter(ctx)
  }

  /** @throws what database and storage throw. */
  async answer(asked: Incoming): Promise<Answer> {
    const { method } = asked
    if (method !== 'GET' && method !== 'HEAD') {
      const text = 'Only GET and HEAD are answered here.\n'
      return textAnswer({ status: 405, text, headers: ['Allow', 'GET, HEAD'] })
    }
    const answer = await this.#find(method, asked)
    return method === 'HEAD' ? withoutBody(answer) : answer
  }

  /** Writes what was counted. */
  async close(): Promise<void> {
    this.#archives.close()
    await this.#uses.close()
  }

  async #find(method: 'GET' | 'HEAD', asked: Incoming): Promise<Answer> {
    const [, name = '', ...segments] = pathSegments(asked.target) ?? []
    const found = NAME.test(name) ? await this.#archives.find(name) : undefined
    if (found?.state !== 'present') {
      return textAnswer({ status: 404, text: 'There is no archive of this name.\n' })
    }
    const { row, tree } = found
    if (isGone(row, this.#ctx.now())) return goneAnswer(row)
    // `/archive/old` has no segments, `/archive/old/` has an empty one.
    const isDirectoryPath = segments.at(-1) === ''
    const path = isDirectoryPath ? segments.slice(0, -1) : segments
    const node = await tree.find(path)
    if (node === undefined || (node.kind === 'file' && isDirectoryPath)) {
      return textAnswer({
        status: 404,
        text: 'This archive has no such file.\n',
        headers: legacyHeaders(row),
      })
    }
    if (node.kind === 'file') return this.#file(method, asked, { row, path, node })
    if (!isDirectoryPath) return toDirectory(row, path)
    return this.#listing(found, path)
  }

  #file(
    method: 'GET' | 'HEAD',
    { fields, address }: Incoming,
    { row, path, node }: { row: Archive; path: readonly string[]; node: Extract<TreeNode, { kind: 'file' }> },
  ): Answer {
    const { size, modifiedAt, source } = node
    const state = `${size.toString(16)}-${modifiedAt.getTime().toString(16)}`
    const representation = describeContent({
      ...{ hex: '', stateTag: state, source, size, modifiedAt, contentDisposition: null },
      contentType: contentTypeOf(path.at(-1) ?? ''),
      headers: [...SAFE, ...legacyHeaders(row)],
    })
    const answer = represent({ method, fields }, representation)
    answer.sent = (bytes) =>
      this.#uses.add({
        ...{ archiveId: row.id, path: path.join('/'), bytes, reachedEnd: answer.reachesEnd },
        address: addressOf(fields.forwardedFor, address() ?? 'unknown', this.#ctx.env),
        userAgent: fields.userAgent,
      })
    return answer
  }

  async #listing({ row, tree }: ServedArchive, path: readonly string[]): Promise<Answer> {
    const { entries, isCut } = await tree.list(path, MAX_LISTED)
    const text = listingPage({
      path: ['', 'archive', row.name, ...path, ''].join('/'),
      isRoot: path.length === 0,
      ...{ entries, isCut, description: row.description, pointer: row.pointer },
      goneFrom: row.goneFrom?.toISOString().slice(0, 10) ?? null,
    })
    const headers = ['Content-Security-Policy', LISTING_POLICY, ...legacyHeaders(row)]
    return textAnswer({ status: 200, text, type: 'text/html; charset=utf-8', headers })
  }
}

/** RFC 9745 §2: deprecated since it was declared here. RFC 8594 §3: when it ends. */
function legacyHeaders({ createdAt, goneFrom, pointer }: Archive): string[] {
  const link = successorOf(pointer)
  return [
    ...['Deprecation', `@${Math.floor(createdAt.getTime() / 1000)}`],
    ...(goneFrom === null ? [] : ['Sunset', formatHttpDate(goneFrom)]),
    ...(link === undefined ? [] : ['Link', `<${link}>; rel="successor-version"`]),
  ]
}

/** The pointer as a URL that may stand in a field; people may be pointed to something that is none. */
function successorOf(pointer: string | null): string | undefined {
  if (pointer === null || !/^https?:\/\//.test(pointer)) return undefined
  return URL.canParse(pointer) ? new URL(pointer).href.replaceAll('>', '%3E') : undefined
}

function toDirectory(row: Archive, path: readonly string[]): Answer {
  const location = `/archive/${[row.name, ...path].map(encodeURIComponent).join('/')}/`
  return textAnswer({
    status: 301,
    text: `${location}\n`,
    headers: ['Location', location, ...legacyHeaders(row)],
  })
}

function goneAnswer(row: Archive): Answer {
  const day = row.goneFrom?.toISOString().slice(0, 10)
  const instead = row.pointer === null ? '' : ` Use ${row.pointer} instead.`
  const text = `The archive “${row.name}” is gone since ${day}.${instead}\n`
  return textAnswer({ status: 410, text, headers: legacyHeaders(row) })
}
