import { posix } from 'node:path'
import type { Dsc } from '@/server/apt/format/dsc'
import { FormatError } from '@/server/apt/format/format-error'
import { fileNameOf, poolPath } from '@/server/apt/format/pool-path'
import { formatSourcesStanza } from '@/server/apt/format/sources-stanza'
import { componentFor, type Destination, type FileDigests } from '@/server/apt/packages/describe-deb'
import type { NewPackage } from '@/server/apt/packages/new-package'

interface DescribedSource {
  dsc: Dsc
  /** The .dsc itself, signature and all. */
  file: FileDigests
  /** By name: what the .dsc lists, as it is stored. */
  files: ReadonlyMap<string, FileDigests>
  destination: Pick<Destination, 'components'>
  /** As the .changes, or another repository's Sources, has them; else as the .dsc says. */
  section?: string | undefined
  priority?: string | undefined
  component?: string | undefined
}

/**
 * What a repository keeps of a source package: the .dsc and all that it lists, each checked against it. Pure.
 * @throws FormatError when a file is not there, or is not what the .dsc says.
 */
export function describeSource(source: DescribedSource): NewPackage {
  const { dsc, destination } = source
  const [listed] = dsc.packageList
  const section = source.section ?? dsc.control.line('Section') ?? listed?.section ?? null
  const priority = source.priority ?? dsc.control.line('Priority') ?? listed?.priority ?? null
  const component = componentFor(section, destination, source.component)
  const own = fileNameOf({ name: dsc.source, version: dsc.version, architecture: 'source', type: 'source' })
  const directory = posix.dirname(poolPath({ component, source: dsc.source, file: own }))
  const files = [{ name: own, ...source.file }, ...dsc.files.map(({ name }) => checkedFile(source, name))]
  const stanza = formatSourcesStanza({
    ...{ dsc, directory, files },
    section: section ?? undefined,
    priority: priority ?? undefined,
  })
  return {
    type: 'source',
    ...{ name: dsc.source, version: dsc.version, architecture: 'source' },
    ...{ sourceName: dsc.source, sourceVersion: dsc.version, component, section, priority, stanza },
    maintainer: dsc.maintainer || null,
    summary: `Source of ${dsc.binaries.slice(0, 5).join(', ') || dsc.source}`,
    ...{ description: null, descriptionMd5: null, contents: null, changelog: null },
    ...{ provides: [], dependsOn: [] },
    files: files.map(({ name, ...digests }) => ({ path: `${directory}/${name}`, ...digests })),
  }
}

function checkedFile({ dsc, files }: DescribedSource, name: string): FileDigests & { name: string } {
  const wanted = dsc.files.find((one) => one.name === name)
  const found = files.get(name)
  if (wanted === undefined || found === undefined)
    throw new FormatError(`The .dsc lists ${name}, which was not sent and is not in the pool.`)
  const difference = differenceOf(wanted, found)
  if (difference !== undefined) throw new FormatError(`${name} is not what the .dsc lists: ${difference}.`)
  return { name, ...found }
}

/** Digests that were promised; undefined where a list has none. */
interface Promised {
  size: number
  md5?: string | undefined
  sha1?: string | undefined
  sha256?: string | undefined
}

/** How bytes differ from what was promised, for people; undefined when they do not. */
export function differenceOf(promised: Promised, found: FileDigests): string | undefined {
  if (promised.size !== found.size) return `${promised.size} bytes are listed, ${found.size} came`
  const names = { sha256: 'SHA-256', sha1: 'SHA-1', md5: 'MD5' } as const
  for (const key of ['sha256', 'sha1', 'md5'] as const) {
    const wanted = promised[key]
    if (wanted !== undefined && wanted !== found[key]) {
      return `${names[key]} ${wanted} is listed, ${found[key]} came`
    }
  }
  return undefined
}
