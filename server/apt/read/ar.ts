import { FormatError } from '@/server/apt/format/format-error'

/** What every ar archive begins with; deb(5). */
export const AR_MAGIC = '!<arch>\n'
/** Bytes of the header before each member. */
export const AR_HEADER = 60

export interface ArMember {
  name: string
  /** Of its first byte, in the archive. */
  start: number
  /** In bytes; an odd one is followed by one byte of padding. */
  size: number
}

/**
 * Reads the header of a member (ar(5), the common format without long names, as deb(5) wants it).
 * @param header 60 bytes.
 * @param at where the header begins in the archive.
 * @throws FormatError when it is none.
 */
export function parseArHeader(header: Buffer, at: number): ArMember {
  const size = header.toString('latin1', 48, 58).trimEnd()
  if (header.length < AR_HEADER || header[58] !== 0x60 || header[59] !== 0x0a || !/^[0-9]{1,10}$/.test(size))
    throw new FormatError('The package is damaged: where a part of it should begin there is something else.')
  const name = header.toString('latin1', 0, 16).trimEnd().replace(/\/$/, '')
  if (!/^[!-~]{1,16}$/.test(name)) throw new FormatError('The package is damaged: a part of it has no name.')
  return { name, start: at + AR_HEADER, size: Number(size) }
}
