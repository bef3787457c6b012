import type { Control } from '@/server/apt/format/control'
import { FormatError } from '@/server/apt/format/format-error'
import { isFileName } from '@/server/apt/format/names'

/** A file as a .dsc or .changes lists it; hashes in lower-case hex. */
export interface ListedFile {
  name: string
  size: number
  md5: string
  /** Undefined where the list has no SHA-1. */
  sha1: string | undefined
  sha256: string
}

const MAX_FILES = 10_000

/**
 * Reads the field Files and the checksum fields of a .dsc or .changes (policy 5.6.21, 5.6.24) into one list, in the order of
 * Files. Checksums-Sha256 must be there; Checksums-Sha1 may be absent.
 * @param columns words of a line of Files; the name is the last, the hash and the size are the first two.
 * @returns files with the words between size and name.
 * @throws FormatError where the fields name different files or sizes, one twice, or a name that no upload may have.
 */
export function readFileList(control: Control, columns: number): (ListedFile & { extra: string[] })[] {
  const files = readLines(control.need('Files'), 'Files', 32, columns)
  const sha256 = readLines(control.need('Checksums-Sha256'), 'Checksums-Sha256', 64, 3)
  const sha1Text = control.get('Checksums-Sha1')
  const sha1 = sha1Text === undefined ? undefined : readLines(sha1Text, 'Checksums-Sha1', 40, 3)
  agree(files, sha256, 'Checksums-Sha256')
  if (sha1) agree(files, sha1, 'Checksums-Sha1')
  return [...files].map(([name, { hash, size, extra }]) => ({
    name,
    size,
    md5: hash,
    sha1: sha1?.get(name)?.hash,
    sha256: sha256.get(name)?.hash ?? '',
    extra,
  }))
}

/**
 * Reads the files of a stanza in Sources, where Files may be absent: archives leave MD5 out.
 * @throws FormatError as `readFileList`.
 */
export function readIndexedFiles(
  control: Control,
): (Omit<ListedFile, 'md5'> & { md5: string | undefined })[] {
  if (control.get('Files') !== undefined) return readFileList(control, 3)
  const lines = readLines(control.need('Checksums-Sha256'), 'Checksums-Sha256', 64, 3)
  return [...lines].map(([name, { hash, size }]) => ({
    ...{ name, size, sha256: hash, sha1: undefined, md5: undefined },
  }))
}

interface Line {
  hash: string
  size: number
  extra: string[]
}

function readLines(value: string, field: string, hexDigits: number, columns: number): Map<string, Line> {
  const lines = value.split('\n').filter((line) => line.trim() !== '')
  if (lines.length > MAX_FILES) throw new FormatError(`${field} may list ${MAX_FILES} files.`)
  const found = new Map<string, Line>()
  for (const line of lines) {
    const parts = line.trim().split(/\s+/)
    const [hash = '', size = '', ...rest] = parts
    const name = rest.pop() ?? ''
    const isHash = hash.length === hexDigits && /^[0-9a-f]+$/i.test(hash)
    if (parts.length !== columns || !isHash || !/^[0-9]{1,15}$/.test(size))
      throw new FormatError(`${field} has a line that lists no file: “${line.trim().slice(0, 100)}”.`)
    if (!isFileName(name))
      throw new FormatError(`${field} lists “${name.slice(0, 100)}”, which is not the name of a file.`)
    if (found.has(name)) throw new FormatError(`${field} lists “${name}” twice.`)
    found.set(name, { hash: hash.toLowerCase(), size: Number(size), extra: rest })
  }
  return found
}

function agree(files: Map<string, Line>, others: Map<string, Line>, field: string): void {
  for (const [name, { size }] of files) {
    const other = others.get(name)
    if (!other) throw new FormatError(`Files lists “${name}”, and ${field} does not.`)
    if (other.size !== size)
      throw new FormatError(`“${name}” has ${size} bytes in Files, and ${other.size} in ${field}.`)
  }
  for (const name of others.keys())
    if (!files.has(name)) throw new FormatError(`${field} lists “${name}”, and Files does not.`)
}
