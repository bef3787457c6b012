export type FileKind = 'changes' | 'dsc' | 'buildinfo' | 'binary' | 'other'

const kinds: readonly [suffix: string, kind: FileKind][] = [
  ['.changes', 'changes'],
  ['.dsc', 'dsc'],
  ['.buildinfo', 'buildinfo'],
  ['.deb', 'binary'],
  ['.udeb', 'binary'],
  ['.ddeb', 'binary'],
]

/** What a file of an upload is, by its name. */
export function kindOfFile(name: string): FileKind {
  return kinds.find(([suffix]) => name.endsWith(suffix))?.[1] ?? 'other'
}

/** The largest .changes, .dsc or .buildinfo that is read, in bytes. */
export const MAX_TEXT_BYTES = 4 * 1024 * 1024

/** The largest body that a file of this name may have, in bytes, where it has a bound of its own. */
export function boundOfFile(name: string): number | undefined {
  const kind = kindOfFile(name)
  return kind === 'binary' || kind === 'other' ? undefined : MAX_TEXT_BYTES
}
