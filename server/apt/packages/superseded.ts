import { compareVersions } from '@/server/apt/format/version'

/** What supersession goes by. */
export interface VersionedPackage {
  id: bigint
  name: string
  version: string
  architecture: string
}

/** An older package of a branch that a newcomer comes in front of. */
export interface Superseded<Package extends VersionedPackage> {
  package: Package
  /** It is beyond the versions that the branch keeps. */
  leaves: boolean
}

/**
 * The packages of a branch that newcomers come in front of, and which of them the branch keeps no longer. What is there for one
 * architecture gives way to the same and to `all`; newcomers stay whatever else is there.
 * @param present packages that are in the branch, newcomers or not.
 * @param keepVersions versions of one package that stay; null for all.
 */
export function supersededBy<Package extends VersionedPackage>(
  newcomers: readonly VersionedPackage[],
  present: readonly Package[],
  keepVersions: number | null,
): Superseded<Package>[] {
  const arrived = new Set(newcomers.map(({ id }) => id))
  const byName = new Map<string, VersionedPackage[]>()
  for (const one of [...newcomers, ...present.filter(({ id }) => !arrived.has(id))]) {
    byName.set(one.name, [...(byName.get(one.name) ?? []), one])
  }
  return present.flatMap((old) => {
    if (arrived.has(old.id)) return []
    const newer = (byName.get(old.name) ?? []).filter(
      (other) => takesPlaceOf(other, old) && compareVersions(other.version, old.version) > 0,
    )
    if (!newer.some(({ id }) => arrived.has(id))) return []
    const versions = new Set(newer.map(({ version }) => version)).size
    return [{ package: old, leaves: keepVersions !== null && versions >= keepVersions }]
  })
}

function takesPlaceOf(other: VersionedPackage, old: VersionedPackage): boolean {
  if (other.architecture === old.architecture) return true
  return other.architecture === 'all' && old.architecture !== 'source'
}
