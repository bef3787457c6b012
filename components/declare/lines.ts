import type { FilesInput } from '@/server/mirror/schema'

/** One URL of the pasted text, with the hash that stood beside it. */
export interface Line {
  /** Line of the text it stands on, from 1. */
  number: number
  uri: string
  sha256?: string
  integrity?: string
}

const SHA256 = /^(?:sha256:)?([0-9a-f]{64})$/i
const INTEGRITY = /^sha(?:256|384|512)-[A-Za-z0-9+/_-]+={0,2}$/
/** What lists, code and mail put around a URL. */
const OPENING = /^["'<(`]+/
const CLOSING = /["'>)`,;]+$/

/**
 * The URLs of a pasted text, in order: one or several to a line, with or without quotes, commas and bullets around them. A SHA-256
 * or an integrity expression on the line of a single URL belongs to it. Words that are no URL stay, so that the person is told about them;
 * comments (`# …`) and blank lines do not.
 */
export function parseLines(text: string): Line[] {
  return text.split('\n').flatMap((line, index) => readLine(line, index + 1))
}

function readLine(line: string, number: number): Line[] {
  const trimmed = line.trim()
  if (trimmed === '' || trimmed.startsWith('#')) return []
  const words = trimmed
    .replace(/^[-*•]\s+/, '')
    .split(/\s+/)
    .map(bare)
    .filter((word) => word !== '')
  const uris = words.filter((word) => !SHA256.test(word) && !INTEGRITY.test(word))
  // More words than URLs is a sentence or a typing error, and is shown as one fault instead of one for each word.
  if (uris.length > 1 && !uris.every((word) => /^https?:\/\//i.test(word))) return [{ number, uri: trimmed }]
  if (uris.length !== 1 || uris[0] === undefined) return uris.map((uri) => ({ number, uri }))
  const sha256 = words.map((word) => SHA256.exec(word)?.[1]).find((hash) => hash !== undefined)
  const integrity = words.filter((word) => INTEGRITY.test(word)).join(' ')
  return [
    {
      number,
      uri: uris[0],
      ...(sha256 && { sha256: sha256.toLowerCase() }),
      ...(integrity && { integrity }),
    },
  ]
}

/** A closing parenthesis may be part of a URL; one that was opened inside it stays. */
function bare(word: string): string {
  const opened = word.replace(OPENING, '')
  const cut = opened.replace(CLOSING, '')
  const rest = opened.slice(cut.length)
  return rest.startsWith(')') && cut.includes('(') ? `${cut})` : cut
}

/** The lines as the API takes them. */
export function filesOf(lines: readonly Line[]): FilesInput['files'] {
  return lines.map(({ number: _, ...file }) => file)
}
