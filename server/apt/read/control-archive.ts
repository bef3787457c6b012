import { FormatError } from '@/server/apt/format/format-error'
import { insidePath } from '@/server/apt/read/inside-path'
import { TarReader } from '@/server/apt/read/tar'

const MAX_ENTRIES = 10_000
const MAX_PATH = 4096

/**
 * The file `control` of a control archive.
 * @param content the archive, unpacked.
 * @param maxBytes that it may have.
 * @throws FormatError when it is missing, there twice, no regular file or too large, and when any path leads out of the archive.
 */
export function readControlFile(content: Buffer, maxBytes: number): Buffer {
  const chunks: Buffer[] = []
  let seen = 0
  const reader = new TarReader(
    ({ path, type, size }) => {
      if (insidePath(path, 'control archive') !== 'control') return undefined
      seen += 1
      if (seen > 1) throw new FormatError('The control archive has the file “control” twice.')
      if (type !== 'file')
        throw new FormatError('The file “control” of the control archive is not a regular file.')
      if (size > maxBytes)
        throw new FormatError(`The control file has ${size} bytes; it may have ${maxBytes}.`)
      return (chunk) => chunks.push(Buffer.from(chunk))
    },
    { entries: MAX_ENTRIES, pathLength: MAX_PATH },
  )
  reader.push(content)
  reader.finish()
  if (seen === 0) throw new FormatError('The control archive has no file “control”.')
  return Buffer.concat(chunks)
}
