import { constants, gunzipSync } from 'node:zlib'
import { decodeText } from '@/server/apt/format/control'

/** Compressed bytes of a changelog that are kept: what is newest comes first. */
export const CHANGELOG_HEAD = 32 * 1024
const MAX_TEXT = 1024 * 1024
const MAX_ENTRY = 64 * 1024

/**
 * The newest entry of a compressed changelog (deb-changelog(5)).
 * @param head its first bytes, `CHANGELOG_HEAD` at most.
 * @returns null where there is none, or nothing that can be read: no package is refused for its changelog.
 */
export function newestEntry(head: Buffer): string | null {
  let text: string
  try {
    const bytes = gunzipSync(head, { maxOutputLength: MAX_TEXT, finishFlush: constants.Z_SYNC_FLUSH })
    text = decodeText(bytes, { fallback: 'latin1' })
  } catch {
    return null
  }
  const entry = /^\s*(\S[^\n]*\n(?:[^\n]*\n)*? -- [^\n]*)/.exec(text.slice(0, MAX_ENTRY))?.[1]
  return entry === undefined || entry.includes('\0') ? null : `${entry}\n`
}
