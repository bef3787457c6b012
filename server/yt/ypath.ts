/**
 * Paths in a cluster (YTsaurus documentation, “YPath”): `//home/ana`, `//home/ana/@account`. The root is `/`.
 */

/** Characters that a backslash makes plain; other unusual bytes are written in hexadecimal. */
const SPECIAL = new Set(['\\', '/', '@', '&', '*', '[', '{'])

/** A name as one step of a path, whatever characters it has. */
export function literal(name: string): string {
  let text = ''
  for (const byte of Buffer.from(name)) {
    const character = String.fromCharCode(byte)
    if (SPECIAL.has(character)) text += `\\${character}`
    else if (byte <= 0x20 || byte >= 0x7f || character === ']' || character === '}' || character === '"') {
      text += `\\x${byte.toString(16).padStart(2, '0')}`
    } else text += character
  }
  return text
}

/** The path of something below a path, by its names. */
export function child(path: string, ...names: string[]): string {
  return [path, ...names.map(literal)].join('/')
}

/** The node of an image's layer hints, by the name of its repository (origin 001). */
export function tagsNode(name: string): string {
  return child('/', ...name.split('/'), '_tags')
}

/** The path of an attribute. */
export function attribute(path: string, name: string): string {
  return `${path}/@${literal(name)}`
}

/** One step up; undefined above the root. Paths of `child` only, in which each slash without a backslash is a step. */
export function parentOf(path: string): string | undefined {
  if (path === '/') return undefined
  const above = path.replace(/\/(?:[^/\\]|\\.)*$/s, '')
  return above === '' ? '/' : above
}
