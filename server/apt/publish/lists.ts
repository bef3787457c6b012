/** What lists and files a branch has: pure, from the repository's settings. */

export interface IndexLayout {
  components: readonly string[]
  architectures: readonly string[]
  contents: boolean
  flatLayout: boolean
}

export interface IndexFile {
  /** From `dists/<branch>/`, or from the directory of the flat layout. */
  path: string
  /** The lists that it is made of, in order. */
  lists: readonly string[]
}

/** What a list is made from: packages as they are, their descriptions, or the paths in them. */
export type ListKind = 'stanzas' | 'translation' | 'contents'

const BINARY = /^([^/]+)\/binary-([^/]+)$/

/** The kind of a list, by its name. */
export function listKind(list: string): ListKind {
  if (list.endsWith('/i18n')) return 'translation'
  return list.includes('/contents-') ? 'contents' : 'stanzas'
}

/** The lists that say something about what stands in this one: itself, and what is derived from it. */
export function dependentLists(list: string, { contents }: Pick<IndexLayout, 'contents'>): string[] {
  const [, component, architecture] = BINARY.exec(list) ?? []
  if (component === undefined) return [list]
  return [list, `${component}/i18n`, ...(contents ? [`${component}/contents-${architecture}`] : [])]
}

/** The lists of placements that a list is derived from. */
export function baseLists(list: string, { architectures }: Pick<IndexLayout, 'architectures'>): string[] {
  const [component, architecture] = list.split(/\/(?:i18n|contents-)/)
  if (listKind(list) === 'stanzas') return [list]
  if (listKind(list) === 'contents') return [`${component}/binary-${architecture}`]
  return [...architectures, 'all'].map((one) => `${component}/binary-${one}`)
}

/** Every list that a branch has, whether anything stands in it or not. */
export function allLists(layout: IndexLayout): string[] {
  const named = [...indexFiles(layout), ...flatFiles(layout).flatMap(({ files }) => files)]
  return [...new Set(named.flatMap(({ lists }) => lists))].sort()
}

/** The files below `dists/<branch>/`, each of which is there plain, as gzip and as zstd. */
export function indexFiles({ components, architectures, contents }: IndexLayout): IndexFile[] {
  return components.flatMap((component) => [
    ...architectures.flatMap((architecture) => [
      both(`${component}/binary-${architecture}/Packages`, `${component}/binary-`, architecture),
      both(
        `${component}/debian-installer/binary-${architecture}/Packages`,
        `${component}/debian-installer/binary-`,
        architecture,
      ),
      ...(contents
        ? [both(`${component}/Contents-${architecture}`, `${component}/contents-`, architecture)]
        : []),
    ]),
    // Who mirrors every architecture that a Release names looks for both kinds of packages in each.
    ...['', 'debian-installer/'].map((kind) => ({
      path: `${component}/${kind}binary-all/Packages`,
      lists: [`${component}/${kind}binary-all`],
    })),
    { path: `${component}/source/Sources`, lists: [`${component}/source`] },
    { path: `${component}/i18n/Translation-en`, lists: [`${component}/i18n`] },
  ])
}

/** What every architecture has: packages of its own, and those for all. */
function both(path: string, prefix: string, architecture: string): IndexFile {
  return { path, lists: [`${prefix}${architecture}`, `${prefix}all`] }
}

/** The directories of the flat layout (origin 000): one for each architecture, `all` and `source`, with no component. */
export function flatFiles({ components, architectures, flatLayout }: IndexLayout) {
  if (!flatLayout) return []
  // In whatever order the repository names its components: a file whose lists are what they were is the file that it was.
  const sorted = components.toSorted()
  const packages = (architecture: string) => ({
    directory: architecture,
    files: [{ path: 'Packages', lists: sorted.map((component) => `${component}/binary-${architecture}`) }],
  })
  const sources = [{ path: 'Sources', lists: sorted.map((component) => `${component}/source`) }]
  return [...[...architectures, 'all'].map(packages), { directory: 'source', files: sources }]
}
