import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '@/server/errors'
import { readDer, readDerValues } from '@/server/proxy/der'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

function encode(tag: number, contents: Buffer): Buffer {
  const { length } = contents
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), contents])
}

describe('readDer', () => {
  it('reads tag, contents and encoding', () => {
    const bytes = hex('30 03 02 01 05')
    expect(readDer(bytes)).toEqual({ tag: 0x30, contents: hex('02 01 05'), encoded: bytes })
  })

  it.each([
    ['nothing', '', 'is empty'],
    ['a tag alone', '30', 'ends too early'],
    ['contents cut short', '30 03 02 01', 'ends too early'],
    ['a length cut short', '30 82 01', 'ends too early'],
    ['an indefinite length', '30 80 00 00', 'indefinite'],
    ['a length with a leading zero', '04 82 00 80', 'shortest form'],
    ['a long form for a short length', '04 81 01 00', 'shortest form'],
    ['a length of five octets', '04 85 01 00 00 00 00', 'longer than any certificate'],
    ['a tag of several bytes', '1f 81 01 00', 'several bytes'],
    ['bytes after the end', '05 00 00', 'after its end'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readDer(hex(bytes))).toThrow(message)
  })

  it('reads back whatever is encoded, and says so or refuses when a byte is changed', () => {
    const values = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.uint8Array({ maxLength: 300 })))
    fc.assert(
      fc.property(values, fc.nat(), fc.integer({ min: 1, max: 255 }), (list, position, change) => {
        const bytes = Buffer.concat(list.map(([tag, contents]) => encode(tag, Buffer.from(contents))))
        expect(readDerValues(bytes).map((value) => [value.tag, new Uint8Array(value.contents)])).toEqual(list)
        if (bytes.length === 0) return
        const index = position % bytes.length
        bytes[index] = (bytes[index] ?? 0) ^ change
        expectOrderly(() =>
          expect(Buffer.concat(readDerValues(bytes).map((each) => each.encoded))).toEqual(bytes),
        )
      }),
    )
  })
})

function expectOrderly(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
  }
}
