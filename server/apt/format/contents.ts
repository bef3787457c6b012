import { FormatError } from '@/server/apt/format/format-error'

/**
 * The lines of a Contents index for one package (wiki.debian.org/DebianRepository/Format, “Contents indices”).
 * @param section as in the control file; undefined where there is none. One that is no word is left out, for it would be read as
 *   part of the path.
 * @param paths of its files, without a leading `/` or `./`. Control characters in them are written as in C, in octal.
 * @throws FormatError when the lines are more than can be kept.
 */
export function formatContentsLines({
  name,
  section,
  paths,
}: {
  name: string
  section?: string | null | undefined
  paths: readonly string[]
}): string {
  const location = section && WORD.test(section) ? `${section}/${name}` : name
  const lines = paths.map((path) => `${escaped(path)}\t${location}\n`)
  if (lines.reduce((sum, line) => sum + line.length, 0) > MAX_LENGTH)
    throw new FormatError(`What Contents would say of the package has more than ${MAX_LENGTH} characters.`)
  return lines.join('')
}

/** What one row of the database takes, whatever the characters. */
const MAX_LENGTH = 64 * 1024 * 1024
const WORD = /^\S{1,200}$/

function escaped(path: string): string {
  return path.replace(CONTROL, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const CONTROL = /[\0-\x1f\x7f]/g
