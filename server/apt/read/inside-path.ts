import { FormatError } from '@/server/apt/format/format-error'

/**
 * A path of an archive without what tar puts before it (`./`, `/`) and a slash after it; empty for the root.
 * @param what names the archive in the message.
 * @throws FormatError when it leads out of the archive, or has a NUL in it.
 */
export function insidePath(path: string, what: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..') || path.includes('\0'))
    throw new FormatError(`The ${what} has a path that leads out of it: “${path.slice(0, 100)}”.`)
  return parts.join('/')
}
