/** What a path below `/apt/<repo>/` is about. */
export type AptPath =
  | { kind: 'root' }
  | { kind: 'key'; form: 'armored' | 'binary' }
  | { kind: 'pool'; path: string }
  /** A file of `dists/<branch>/`. */
  | { kind: 'dists'; branch: string; path: string }
  /** A file of a directory of the flat layout. */
  | { kind: 'flat'; branch: string; directory: string; path: string }
  | { kind: 'snapshot'; snapshotId: string; rest: AptPath; path: string }

const SNAPSHOT = /^\d{8}T\d{6}Z$/

/**
 * Reads the segments after the repository's name.
 * @returns undefined for a path that a repository does not have.
 */
export function aptPath(segments: readonly string[]): AptPath | undefined {
  const [first, second, ...rest] = segments
  if (first === undefined || (first === '' && segments.length === 1)) return { kind: 'root' }
  if (second === undefined) {
    if (first === 'key.asc') return { kind: 'key', form: 'armored' }
    return first === 'key.gpg' ? { kind: 'key', form: 'binary' } : undefined
  }
  if (first === 'pool') return { kind: 'pool', path: segments.join('/') }
  if (first === 'snapshots') {
    const below = aptPath(rest)
    const isServed = below !== undefined && below.kind !== 'snapshot' && below.kind !== 'key'
    return isServed && SNAPSHOT.test(second)
      ? { kind: 'snapshot', snapshotId: second, rest: below, path: rest.join('/') }
      : undefined
  }
  if (rest.length === 0) return undefined
  if (first === 'dists') return { kind: 'dists', branch: second, path: rest.join('/') }
  return { kind: 'flat', branch: first, directory: second, path: rest.join('/') }
}

/** `20260801T000000Z` as a moment; undefined where there is no such one. */
export function snapshotMoment(snapshotId: string): Date | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(snapshotId) ?? []
  const moment = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(moment.getTime()) || snapshotIdOf(moment) !== snapshotId ? undefined : moment
}

/** The first whole second at which what was published then is there: what names the snapshot. */
export function snapshotIdOf(at: Date): string {
  const second = new Date(Math.ceil(at.getTime() / 1000) * 1000)
  return `${second.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
}
