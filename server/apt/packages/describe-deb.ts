import { needVersion } from '@/server/apt/format/changes'
import { formatContentsLines } from '@/server/apt/format/contents'
import type { Control } from '@/server/apt/format/control'
import { FormatError } from '@/server/apt/format/format-error'
import { isArchitecture, isPackageName } from '@/server/apt/format/names'
import { formatPackagesStanza } from '@/server/apt/format/packages-stanza'
import { fileNameOf, poolPath } from '@/server/apt/format/pool-path'
import { parseProvides, parseRelations } from '@/server/apt/format/relation'
import { parseSourceField } from '@/server/apt/format/source-field'
import type { NewPackage } from '@/server/apt/packages/new-package'
import type { PackageType } from '@/server/apt/packages/schema'

/** Digests in lower-case hex. */
export interface FileDigests {
  sha256: string
  sha1: string
  md5: string
  /** In bytes. */
  size: number
}

/** The repository that a package is for. */
export interface Destination {
  components: readonly string[]
  /** Whether Contents are kept. */
  contents: boolean
}

interface DescribedDeb {
  control: Control
  /** Of its files, without a leading `./`. */
  paths: readonly string[]
  /** The newest entry of its changelog, where it has one. */
  changelog: string | null
  file: FileDigests
  destination: Destination
  /** Where the package names none of the repository's; the first of them unless told. */
  component?: string | undefined
  /** A package of debug symbols says so by the end of its file's name alone. */
  isDebug?: boolean
}

/**
 * What a repository keeps of a binary package: all of it from its control file, also where its file will lie and how that
 * is called. Pure.
 * @throws FormatError when a field that matters is missing or wrong.
 */
export function describeDeb(deb: DescribedDeb): NewPackage {
  const { control, file, destination } = deb
  const name = control.need('Package')
  if (!isPackageName(name)) throw new FormatError(`“${name.slice(0, 80)}” is not the name of a package.`)
  const version = needVersion(control)
  const architecture = control.need('Architecture')
  if (!isArchitecture(architecture) || architecture === 'source')
    throw new FormatError(`“${architecture.slice(0, 80)}” is not the architecture of a package.`)
  const source = parseSourceField(control.line('Source'), { name, version })
  const section = control.line('Section') ?? null
  const component = componentFor(section, destination, deb.component)
  const type = typeOf(control, section, deb.isDebug === true)
  const path = poolPath({
    component,
    source: source.name,
    file: fileNameOf({ name, version, architecture, type }),
  })
  const { stanza, summary, longDescription, descriptionMd5 } = formatPackagesStanza({
    control,
    path,
    ...file,
  })
  return {
    ...{ type, name, version, architecture, component, section, summary, descriptionMd5, stanza },
    ...{ sourceName: source.name, sourceVersion: source.version, description: longDescription },
    priority: control.line('Priority') ?? null,
    maintainer: control.line('Maintainer') ?? null,
    contents: destination.contents ? formatContentsLines({ name, section, paths: deb.paths }) : null,
    changelog: deb.changelog,
    provides: namesProvided(control).filter((one) => one !== name),
    dependsOn: namesNeeded(control),
    files: [{ path, ...file }],
  }
}

/**
 * The component that a package belongs to: what its section names (`contrib/net`, policy 2.4) where the repository has it.
 * @param preferred where it names none.
 */
export function componentFor(
  section: string | null,
  { components }: Pick<Destination, 'components'>,
  preferred?: string,
): string {
  const named = section?.includes('/') ? section.slice(0, section.indexOf('/')) : undefined
  if (named !== undefined && components.includes(named)) return named
  return preferred ?? components[0] ?? 'main'
}

/** dpkg-gencontrol takes Package-Type away from what it makes for the installer; the section is what is left to tell it by. */
function typeOf(control: Control, section: string | null, isDebug: boolean): PackageType {
  const isForInstaller = /(^|\/)debian-installer$/.test(section ?? '')
  const said = control.line('Package-Type') ?? (isForInstaller ? 'udeb' : 'deb')
  if (said !== 'deb' && said !== 'udeb' && said !== 'ddeb')
    throw new FormatError(`“${said.slice(0, 80)}” is not a type of package: deb, udeb or ddeb.`)
  return said === 'deb' && isDebug ? 'ddeb' : said
}

function namesProvided(control: Control): string[] {
  return [...new Set(parseProvides(control.get('Provides') ?? '').map(({ name }) => name))]
}

function namesNeeded(control: Control): string[] {
  const groups = ['Pre-Depends', 'Depends'].flatMap((field) => parseRelations(control.get(field) ?? ''))
  return [...new Set(groups.flat().map(({ name }) => name))]
}
