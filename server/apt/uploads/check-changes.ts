import type { Changes } from '@/server/apt/format/changes'
import { kindOfFile } from '@/server/apt/uploads/file-kind'
import type { Report } from '@/server/apt/uploads/report'

/** What a repository takes. */
export interface Terms {
  /** The branch that the files were sent to. */
  branch: string
  components: readonly string[]
  architectures: readonly string[]
}

/**
 * Checks what a .changes says of itself, before any of its files is looked at: distribution, architectures, components, and
 * that every file has a place. What is wrong goes to the report. Pure.
 */
export function checkChanges(changes: Changes, { branch, components, architectures }: Terms, report: Report) {
  const { distribution } = changes
  if (distribution.toLowerCase() !== branch.toLowerCase()) {
    report.error(
      `It is for the distribution “${shown(distribution)}”, and was sent to the branch “${branch}”. Send it there, or build it with --changes-option=-DDistribution=${branch}.`,
    )
  }
  const known = new Set([...architectures, 'all', 'source'])
  for (const architecture of changes.architectures.filter((one) => !known.has(one))) {
    report.error(
      `The architecture ${architecture} is not among this repository’s: ${architectures.join(', ')}.`,
    )
  }
  const sources = changes.files.filter(({ name }) => kindOfFile(name) === 'dsc')
  if (sources.length > 1) report.error('It lists more than one .dsc file.')
  const hasPackage = sources.length > 0 || changes.files.some(({ name }) => kindOfFile(name) === 'binary')
  if (!hasPackage) report.error('It lists neither a package nor a source.')
  for (const { name, section } of changes.files) {
    if (kindOfFile(name) === 'changes') report.error('A .changes lists no other .changes.', { file: name })
    const component = componentOf(section)
    if (component !== undefined && !components.includes(component)) {
      report.error(
        `Its section is “${shown(section)}”, and “${shown(component)}” is not a component of this repository: ${components.join(', ')}.`,
        { file: name },
      )
    }
  }
}

/** The component that a section names (policy 2.4): `contrib` of `contrib/net`; undefined where it names none. */
export function componentOf(section: string | null | undefined): string | undefined {
  const slash = section?.indexOf('/') ?? -1
  return slash === -1 ? undefined : section?.slice(0, slash)
}

function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
