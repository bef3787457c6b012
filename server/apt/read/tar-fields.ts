import { FormatError } from '@/server/apt/format/format-error'

/** Text up to the first NUL, as UTF-8, or else, as of old packages, as Latin-1. */
export function readText(field: Buffer): string {
  const end = field.indexOf(0)
  const bytes = end === -1 ? field : field.subarray(0, end)
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') ? bytes.toString('latin1') : text
}

/** A number in octal, or in GNU's base 256; undefined where it is neither, negative, or beyond 2^53. */
export function readNumber(field: Buffer): number | undefined {
  const first = field[0] ?? 0
  if (first === 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0)
    return Number.isSafeInteger(value) ? value : undefined
  }
  const text = field.toString('latin1').replace(/^[ \0]+|[ \0].*$/gs, '')
  return /^[0-7]*$/.test(text) ? Number.parseInt(text || '0', 8) : undefined
}

/**
 * What a pax header says of the path and size of the entry after it (POSIX pax, “pax Extended Header”).
 * @throws FormatError when its records are damaged.
 */
export function parsePax(content: Buffer): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {}
  let at = 0
  while (at < content.length) {
    const space = content.indexOf(0x20, at)
    const length = space === -1 ? Number.NaN : Number(content.toString('latin1', at, space))
    const end = at + length
    const equals = content.indexOf(0x3d, space)
    const isRecord = Number.isSafeInteger(length) && end <= content.length && content[end - 1] === 0x0a
    if (!isRecord || equals === -1 || equals >= end)
      throw new FormatError('The package is damaged: a pax header in it cannot be read.')
    const key = content.toString('latin1', space + 1, equals)
    const value = content.subarray(equals + 1, end - 1)
    if (key === 'path') found.path = readText(value)
    if (key === 'size') found.size = paxSize(value.toString('latin1'))
    at = end
  }
  return found
}

function paxSize(text: string): number {
  const size = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(size))
    throw new FormatError('The package is damaged: a pax header has a size that is none.')
  return size
}
