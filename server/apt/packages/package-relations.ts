import type { Control } from '@/server/apt/format/control'
import type { PackageDetail } from '@/server/apt/packages/schema'

/** Fields that name other packages (policy 7), in the order in which they are shown. */
const FIELDS = [
  ...['Pre-Depends', 'Depends', 'Recommends', 'Suggests', 'Enhances', 'Provides'],
  ...['Breaks', 'Conflicts', 'Replaces', 'Built-Using', 'Static-Built-Using'],
  ...['Build-Depends', 'Build-Depends-Arch', 'Build-Depends-Indep'],
  ...['Build-Conflicts', 'Build-Conflicts-Arch', 'Build-Conflicts-Indep'],
]

/** Parts of a field that are shown. */
const MOST = 2000

/** The names in the relations of a package, each once. */
export function namesInRelations(control: Control): string[] {
  const parts = FIELDS.flatMap((field) => partsOf(control, field))
  return [...new Set(parts.flatMap(namesOf))]
}

/**
 * The relations of a package as they are written, part by part.
 * @param known names of packages that the repository has: of the alternatives of a part the first of them is its link.
 */
export function relationsOf(control: Control, known: ReadonlySet<string>): PackageDetail['relations'] {
  return FIELDS.flatMap((field) => {
    const entries = partsOf(control, field).map((text) => ({
      text,
      packageName: namesOf(text).find((name) => known.has(name)) ?? null,
    }))
    return entries.length === 0 ? [] : [{ field, entries }]
  })
}

function partsOf(control: Control, field: string): string[] {
  const parts = (control.get(field) ?? '').split(',').map((part) => part.replace(/\s+/g, ' ').trim())
  return parts.filter((part) => part !== '').slice(0, MOST)
}

function namesOf(part: string): string[] {
  return part.split('|').flatMap((one) => /^\s*([a-z0-9][a-z0-9+.-]+)/.exec(one)?.[1] ?? [])
}
