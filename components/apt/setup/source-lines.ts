import type { RepositoryDetail, Snapshot } from '@/server/apt/schema'

type Place = Pick<RepositoryDetail, 'name' | 'url' | 'components'>

/** Where the commands put the key that signs a repository. */
export function keyringOf({ name }: Pick<RepositoryDetail, 'name'>): string {
  return `/etc/apt/keyrings/${name}.asc`
}

interface Chosen {
  branch: string
  /** None for all of the machine's own. */
  architecture: string
}

/** The entry of sources.list.d in the format of today (deb822, sources.list(5)). */
export function deb822(place: Place, { branch, architecture }: Chosen): string {
  return [
    'Types: deb deb-src',
    `URIs: ${place.url}`,
    `Suites: ${branch}`,
    `Components: ${place.components.join(' ')}`,
    ...(architecture === '' ? [] : [`Architectures: ${architecture}`]),
    `Signed-By: ${keyringOf(place)}`,
  ].join('\n')
}

/** The same on one line, as sources.list has always had it. */
export function oneLine(place: Place, { branch, architecture }: Chosen): string {
  const options = [architecture && `arch=${architecture}`, `signed-by=${keyringOf(place)}`].filter(Boolean)
  return `deb [${options.join(' ')}] ${place.url} ${branch} ${place.components.join(' ')}`
}

/** One line for apt that stays at a snapshot: `snapshot=` is known to apt 2.8 and later. */
export function snapshotLine(
  place: Place,
  { branch, snapshotId }: Pick<Snapshot, 'branch' | 'snapshotId'>,
): string {
  const options = `snapshot=${snapshotId} signed-by=${keyringOf(place)}`
  return `deb [${options}] ${place.url} ${branch} ${place.components.join(' ')}`
}
