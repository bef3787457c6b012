/**
 * The lines of a Contents index for one package (wiki.debian.org/DebianRepository/Format, “Contents indices”).
 * @param section as in the control file; undefined where there is none.
 * @param paths of its files, without a leading `/` or `./`. Control characters in them are written as in C, in octal.
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
  const location = section ? `${section}/${name}` : name
  return paths.map((path) => `${escaped(path)}\t${location}\n`).join('')
}

function escaped(path: string): string {
  return path.replace(CONTROL, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const CONTROL = /[\0-\x1f\x7f]/g
