import { type Control, paragraphsOf } from '@/server/apt/format/control'
import { readIndexedFiles } from '@/server/apt/format/file-list'
import { FormatError } from '@/server/apt/format/format-error'
import type { Release } from '@/server/apt/format/release'
import type { Candidate, PromisedFile } from '@/server/apt/import/candidate'
import { type ImportPlace, isPathBelow } from '@/server/apt/import/import-place'
import { type IndexPiece, readIndex } from '@/server/apt/import/read-index'
import { readRelease } from '@/server/apt/import/read-release'
import type { ImportInput } from '@/server/apt/uploads/schema'
import { AppError } from '@/server/errors'

interface Search {
  place: ImportPlace
  wanted: Pick<ImportInput, 'distribution' | 'components' | 'architectures' | 'sources' | 'publicKey'>
  /** Of the repository that takes them. */
  architectures: readonly string[]
  now: Date
  /** Told what is left out, and what else whoever imports should know. */
  warn: (message: string, file?: string) => void
}

const MAX_PACKAGES = 500_000

/**
 * What there is to import: all that the indexes of a distribution name or, in a directory without any, all packages below it.
 * @throws AppError `unprocessable` with what is missing or not as signed; what reading fails with.
 */
export async function findCandidates(search: Search): Promise<Candidate[]> {
  const { place, wanted } = search
  const directory = await indexDirectory(place, wanted.distribution)
  if (directory === undefined) return walked(search)
  const release = await readRelease(place, directory, { publicKey: wanted.publicKey, now: search.now })
  warnOfExpired(search, release)
  const found = new Map<string, Candidate>()
  let indexes = 0
  for (const { name, component, isSource } of indexNames(search, release)) {
    const pieces = await readIndex(place, { directory, name, release })
    if (pieces === undefined) continue
    indexes += 1
    for await (const candidate of candidatesIn(pieces, { name, component, isSource, search })) {
      if (found.size >= MAX_PACKAGES)
        throw new AppError(
          'too_large',
          `An import may have ${MAX_PACKAGES} packages. Choose components or architectures.`,
        )
      found.set(candidate.file.path, found.get(candidate.file.path) ?? candidate)
    }
  }
  if (indexes > 0) return [...found.values()]
  if (place.packages && release === undefined && wanted.distribution === undefined) return walked(search)
  throw new AppError(
    'unprocessable',
    `${place.name} has no index of packages${directory === '' ? '' : ` below ${directory}`} for what was chosen.`,
  )
}

/** Clients refuse what is past its time; here an administrator says what is imported, and may mean an archive. */
function warnOfExpired({ place, now, warn }: Search, release: Release | undefined): void {
  const end = release?.validUntil
  if (end === undefined || end > now) return
  warn(`The Release of ${place.name} has expired: it was valid until ${end.toISOString()}.`)
}

/** Where Release lies; undefined where packages are to be looked for. */
async function indexDirectory(
  place: ImportPlace,
  distribution: string | undefined,
): Promise<string | undefined> {
  if (distribution !== undefined) {
    const name = distribution.replace(/^\.?\/+|\/+$/g, '')
    if (name !== '' && !isPathBelow(name))
      throw new AppError('invalid', 'This is not the name of a distribution.')
    // As in sources.list(5): with a slash at its end it is a directory.
    if (distribution.endsWith('/')) return name === '' ? '' : `${name}/`
    return `dists/${name}/`
  }
  const names = (await place.directories?.('dists')) ?? []
  if (names.length > 1) {
    throw new AppError(
      'invalid',
      `Say which distribution: ${place.name} has ${names.slice(0, 20).join(', ')}.`,
    )
  }
  if (names.length === 1) return `dists/${names[0]}/`
  return place.packages ? undefined : ''
}

async function walked({ place, wanted }: Search): Promise<Candidate[]> {
  if (wanted.publicKey !== undefined) {
    throw new AppError('unprocessable', `${place.name} has no Release whose signature could be checked.`)
  }
  const found: Candidate[] = []
  for await (const path of place.packages?.() ?? []) {
    const kind = path.endsWith('.dsc') ? 'source' : 'binary'
    if (kind === 'source' && !wanted.sources) continue
    if (found.length >= MAX_PACKAGES)
      throw new AppError('too_large', `An import may have ${MAX_PACKAGES} packages.`)
    found.push({ kind, file: { path, size: undefined }, parts: [], component: undefined })
  }
  return found.sort((a, b) => (a.file.path < b.file.path ? -1 : 1))
}

interface IndexName {
  name: string
  component: string | undefined
  isSource: boolean
}

function indexNames({ wanted, architectures, warn }: Search, release: Release | undefined): IndexName[] {
  const flat = [
    { name: 'Packages', component: undefined, isSource: false },
    ...(wanted.sources ? [{ name: 'Sources', component: undefined, isSource: true }] : []),
  ]
  if (release === undefined || release.components.length === 0) return flat
  // Release may name components by their whole path below dists (`updates/main`).
  const components = wanted.components ?? release.components
  const all = [...new Set([...release.architectures, 'all'])].filter((one) => one !== 'source')
  const chosen = wanted.architectures ?? all
  const taken = chosen.filter((one) => one === 'all' || architectures.includes(one))
  const left = chosen.filter((one) => !taken.includes(one))
  if (left.length > 0) warn(`Left out, for the repository has no such architectures: ${left.join(', ')}.`)
  return components.flatMap((component) => [
    ...taken.flatMap((architecture) => [
      { name: `${component}/binary-${architecture}/Packages`, component, isSource: false },
      { name: `${component}/debian-installer/binary-${architecture}/Packages`, component, isSource: false },
    ]),
    ...(wanted.sources ? [{ name: `${component}/source/Sources`, component, isSource: true }] : []),
  ])
}

interface Reading extends IndexName {
  search: Search
}

async function* candidatesIn(
  pieces: AsyncIterable<IndexPiece>,
  { name, component, isSource, search }: Reading,
): AsyncGenerator<Candidate, void> {
  for await (const control of paragraphsIn(pieces, `${name} of ${search.place.name}`)) {
    try {
      yield isSource ? sourceOf(control, component) : binaryOf(control, component)
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      search.warn(error.message, control.get('Package')?.slice(0, 200))
    }
  }
}

async function* paragraphsIn(pieces: AsyncIterable<IndexPiece>, what: string): AsyncGenerator<Control, void> {
  try {
    for await (const { text, before } of pieces) yield* paragraphsOf(text, {}, before)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    throw new AppError('unprocessable', `${what} cannot be read. ${error.message}`, { cause: error })
  }
}

function binaryOf(control: Control, component: string | undefined): Candidate {
  const size = control.need('Size')
  if (!/^[0-9]{1,15}$/.test(size)) throw new FormatError('Its size in the index is no number.')
  const file = {
    path: checkedPath(control.need('Filename')),
    size: Number(size),
    ...strongest({
      ...{ sha256: hexOf(control, 'SHA256', 64), sha1: hexOf(control, 'SHA1', 40) },
      md5: hexOf(control, 'MD5sum', 32),
    }),
  }
  return { kind: 'binary', file, parts: [], component, ...chosenBy(control) }
}

function sourceOf(control: Control, component: string | undefined): Candidate {
  const directory = control.need('Directory').replace(/\/$/, '')
  const files = readIndexedFiles(control).map(({ name, size, sha256, sha1, md5 }): PromisedFile => {
    const path = checkedPath(directory === '.' ? name : `${directory}/${name}`)
    return { path, size, ...strongest({ sha256, sha1, md5 }) }
  })
  const file = files.find(({ path }) => path.endsWith('.dsc'))
  if (file === undefined) throw new FormatError('Its entry in the index lists no .dsc.')
  const parts = files.filter((one) => one !== file)
  return { kind: 'source', file, parts, component, ...chosenBy(control) }
}

/** What an archive decides about a package, whatever the package says (its “overrides”). */
function chosenBy(control: Control): Pick<Candidate, 'section' | 'priority'> {
  return { section: kept(control.line('Section')), priority: kept(control.line('Priority')) }
}

function hexOf(control: Control, field: string, digits: number): string | undefined {
  const hex = control.get(field)?.toLowerCase()
  if (hex === undefined || (hex.length === digits && /^[0-9a-f]+$/.test(hex))) return hex
  throw new FormatError(`Its ${field} in the index is none.`)
}

type Hashes = Pick<PromisedFile, 'sha256' | 'sha1' | 'md5'>

/** SHA-256 says all that the others do. */
function strongest({ sha256, ...weaker }: Hashes): Hashes {
  if (sha256 !== undefined) return { sha256: kept(sha256) }
  return { sha1: kept(weaker.sha1), md5: kept(weaker.md5) }
}

/** A text of its own: a part of an index would keep all that was read with it in memory. */
function kept<Text extends string | undefined>(text: Text): Text {
  return (text === undefined ? undefined : Buffer.from(text).toString()) as Text
}

function checkedPath(written: string): string {
  const path = written.replace(/^(\.\/)+/, '')
  if (!isPathBelow(path))
    throw new FormatError(`The index names a path that it may not: “${written.slice(0, 100)}”.`)
  return kept(path)
}
