import type { Changes, ChangesFile } from '@/server/apt/format/changes'
import { type Dsc, parseDsc } from '@/server/apt/format/dsc'
import { FormatError } from '@/server/apt/format/format-error'
import { fileNameOf } from '@/server/apt/format/pool-path'
import { type Destination, describeDeb, type FileDigests } from '@/server/apt/packages/describe-deb'
import { describeSource } from '@/server/apt/packages/describe-source'
import type { NewPackage } from '@/server/apt/packages/new-package'
import { readDeb } from '@/server/apt/read/read-deb'
import { componentOf } from '@/server/apt/uploads/check-changes'
import { kindOfFile } from '@/server/apt/uploads/file-kind'
import { findPoolFiles } from '@/server/apt/uploads/find-pool-files'
import type { Report } from '@/server/apt/uploads/report'
import type { Context } from '@/server/context'

interface Reading {
  changes: Changes
  /** By name: what was sent, checked against the .changes. */
  files: ReadonlyMap<string, FileDigests>
  repository: Destination & { id: string; architectures: readonly string[] }
  /** The .dsc with its signature taken off; undefined where the upload has none. */
  dscText: string | undefined
}

/**
 * Reads all packages of an upload, and checks each against what the .changes says of it. What is wrong goes to the report.
 * @returns those that could be read.
 */
export async function readPackages(ctx: Context, reading: Reading, report: Report): Promise<NewPackage[]> {
  const packages: NewPackage[] = []
  for (const listed of reading.changes.files) {
    const kind = kindOfFile(listed.name)
    if (kind !== 'binary' && kind !== 'dsc') continue
    try {
      const found =
        kind === 'dsc' ? await readSource(ctx, reading, listed) : await readBinary(ctx, reading, listed)
      packages.push(found)
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      report.error(error.message, { file: listed.name })
    }
  }
  refuseStrays(reading, packages, report)
  return packages
}

async function readBinary(
  ctx: Context,
  { changes, files, repository }: Reading,
  listed: ChangesFile,
): Promise<NewPackage> {
  const file = files.get(listed.name) as FileDigests
  const deb = await readDeb(ctx.blobs.source(file.sha256), file.size, { wantPaths: repository.contents })
  const found = describeDeb({
    ...{ control: deb.control, paths: deb.paths ?? [], changelog: deb.changelog, file },
    destination: repository,
    component: componentOf(listed.section),
    isDebug: listed.name.endsWith('.ddeb'),
  })
  const { type, name, version, architecture, sourceName, sourceVersion } = found
  const own = fileNameOf({ name, version, architecture, type })
  const faults = [
    own === listed.name ? undefined : `Its control file makes it ${own}.`,
    [...repository.architectures, 'all'].includes(architecture)
      ? undefined
      : `Its architecture ${architecture} is not among this repository’s.`,
    changes.architectures.includes(architecture)
      ? undefined
      : `Its architecture ${architecture} is not among those of the .changes.`,
    sourceName === changes.source && sourceVersion === changes.sourceVersion
      ? undefined
      : `It is built from ${sourceName} ${sourceVersion}, and the .changes is of ${changes.source} ${changes.sourceVersion}.`,
  ].filter((fault) => fault !== undefined)
  if (faults.length > 0) throw new FormatError(faults.join(' '))
  return found
}

async function readSource(
  ctx: Context,
  { changes, files, repository, dscText }: Reading,
  listed: ChangesFile,
): Promise<NewPackage> {
  const dsc = parseDsc(dscText ?? '')
  if (dsc.source !== changes.source || dsc.version !== changes.sourceVersion) {
    throw new FormatError(
      `It is of ${dsc.source} ${dsc.version}, and the .changes is of ${changes.source} ${changes.sourceVersion}.`,
    )
  }
  const own = fileNameOf({ name: dsc.source, version: dsc.version, architecture: 'source', type: 'source' })
  if (own !== listed.name) throw new FormatError(`What it says makes it ${own}.`)
  if (!changes.architectures.includes('source')) {
    throw new FormatError('The .changes lists a .dsc, and “source” is not among its architectures.')
  }
  const absent = dsc.files.filter(({ name }) => !files.has(name))
  const pool = await findPoolFiles(ctx, repository.id, { source: dsc.source, files: absent })
  const known = (text: string) => (text === '-' ? undefined : text)
  return describeSource({
    ...{ dsc, file: files.get(listed.name) as FileDigests, files: new Map([...pool, ...files]) },
    ...{ destination: repository, component: componentOf(listed.section) },
    ...{ section: known(listed.section), priority: known(listed.priority) },
  })
}

/** Files that are neither packages, nor part of a source, nor notes of the build have no place in a repository. */
function refuseStrays({ changes, dscText }: Reading, packages: readonly NewPackage[], report: Report): void {
  const ofSource = new Set(dscText === undefined ? [] : namesOf(dscText))
  for (const { name } of changes.files) {
    if (kindOfFile(name) !== 'other' || ofSource.has(name)) continue
    const hasSource = packages.some(({ type }) => type === 'source')
    report.error(
      hasSource
        ? 'It is neither a package nor part of the source.'
        : 'It is no package, and no .dsc comes with it.',
      { file: name },
    )
  }
}

function namesOf(dscText: string): string[] {
  let dsc: Dsc
  try {
    dsc = parseDsc(dscText)
  } catch (error) {
    if (error instanceof FormatError) return []
    throw error
  }
  return dsc.files.map(({ name }) => name)
}
