import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toYson } from '@/server/oci/hints/yson'

describe('YSON', () => {
  it('has the shape of origin 001', () => {
    const place = (hex: string) =>
      `//sys/admin/registry/docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`
    expect(
      toYson({ '22.04': [place('e96e')], '20.04': [place('d7bf')], '18.04': [place('a404'), place('a505')] }),
    ).toBe(`{
"22.04" = [
"//sys/admin/registry/docker/registry/v2/blobs/sha256/e9/e96e/data"
];
"20.04" = [
"//sys/admin/registry/docker/registry/v2/blobs/sha256/d7/d7bf/data"
];
"18.04" = [
"//sys/admin/registry/docker/registry/v2/blobs/sha256/a4/a404/data";
"//sys/admin/registry/docker/registry/v2/blobs/sha256/a5/a505/data"
]
}`)
  })

  it('has maps in maps, and empty ones', () => {
    expect(toYson({ multi: { 'linux/amd64': ['//a'] }, none: [] })).toBe(`{
"multi" = {
"linux/amd64" = [
"//a"
]
};
"none" = [
]
}`)
    expect(toYson({})).toBe('{\n}')
  })

  it.each([
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['a\nb\tc\rd', '"a\\nb\\tc\\rd"'],
    ['ü\0\x7f', '"\\xc3\\xbc\\x00\\x7f"'],
  ])('writes the string %j', (text, written) => {
    expect(toYson(text)).toBe(written)
  })

  it('writes every string in ASCII, and so that it can be read back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const written = toYson(text)
        expect(written).toMatch(/^"[ -~]*"$/)
        const bytes = written
          .slice(1, -1)
          .replaceAll(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex, plain) =>
            hex
              ? String.fromCharCode(Number.parseInt(hex, 16))
              : ({ n: '\n', r: '\r', t: '\t' }[plain as string] ?? plain),
          )
        expect(Buffer.from(bytes, 'latin1').toString()).toBe(Buffer.from(text).toString())
      }),
    )
  })
})
