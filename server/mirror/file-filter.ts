import type { FileQuery, FileState } from '@/server/mirror/schema'
import { tryParseUri } from '@/server/mirror/uri'

/** Which files a list shows, newest first. */
export interface FileFilter {
  /** A part of the URI, in lower case. */
  text?: string
  /** The first digits of a SHA-256; a file matches by text or by digest. */
  digest?: string
  state?: FileState
  /** Slug of a team with an active use; among retired files, with a former one. */
  team?: string
  host?: string
  licence?: string
  /** Only files with smaller ids: the keyset. */
  before?: string
}

const DIGEST = /^(?:sha256:)?([0-9a-f]{6,64})$/

/** What the query of a list asks for. */
export function parseFilter(query: Omit<FileQuery, 'limit' | 'cursor'>, before?: string): FileFilter {
  const text = searchText(query.q)
  const digest = DIGEST.exec(text ?? '')?.[1]
  return {
    ...(text && { text }),
    ...(digest && { digest }),
    ...(query.state && { state: query.state }),
    ...(query.team && { team: query.team }),
    ...(query.host && { host: query.host.toLowerCase() }),
    ...(query.licence && { licence: query.licence }),
    ...(before && { before }),
  }
}

/** A pasted URL is looked for in its normal form, because that is what is stored. */
function searchText(q: string | undefined): string | undefined {
  if (q === undefined || !/^https?:\/\//i.test(q)) return q?.toLowerCase()
  const normal = tryParseUri(q)?.uri.toLowerCase()
  // “https://example.or” must go on matching while it is being typed, so no slash is added.
  return normal === `${q.toLowerCase()}/` ? q.toLowerCase() : (normal ?? q.toLowerCase())
}

/** One file with everything that a filter asks about. */
export interface FilteredFile {
  id: string
  /** The URI in lower case. */
  text: string
  host: string
  state: Exclude<FileState, 'retired'>
  uses: readonly { team: string; licence: string | null; isActive: boolean }[]
}

/** A stored file without an active use is retired; the bytes stay and are served. */
export function stateOf(file: Pick<FilteredFile, 'state'>, activeUses: number): FileState {
  return file.state === 'stored' && activeUses === 0 ? 'retired' : file.state
}

/** Whether a team uses the file, or a licence is given; among retired files, whether that was so. */
export function hasUse(
  file: FilteredFile,
  {
    team,
    licence,
    state,
  }: { team?: string | undefined; licence?: string | undefined; state?: FileState | undefined },
): boolean {
  return file.uses.some(
    (use) =>
      use.isActive === (state !== 'retired') &&
      (team === undefined || use.team === team) &&
      (licence === undefined || use.licence === licence),
  )
}
