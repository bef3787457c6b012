import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError, type FieldFault } from '@/server/errors'
import {
  type ImageFields,
  parseRegistry,
  readImage,
  readTag,
  registryOfSegment,
  segmentOf,
} from '@/server/images/image-name'
import { referenceOf } from '@/server/mirror/image-reference'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`
const other = `sha512:${'0123456789abcdef'.repeat(8)}`

function image(fields: ImageFields) {
  const faults: FieldFault[] = []
  const read = readImage(fields, 'images.0.', faults)
  return { read, faults }
}

describe('the name of a registry', () => {
  it.each([
    ['docker.io', 'registry-1.docker.io'],
    ['index.docker.io', 'registry-1.docker.io'],
    ['https://registry-1.docker.io/', 'registry-1.docker.io'],
    ['https://index.docker.io/v1/', 'registry-1.docker.io'],
    ['Quay.IO', 'quay.io'],
    ['quay.io:443', 'quay.io'],
    ['https://quay.io/v2/', 'quay.io'],
    ['registry.example.org:5000', 'registry.example.org:5000'],
    ['http://registry.example.org', 'registry.example.org:80'],
    ['http://registry.example.org:5000/', 'registry.example.org:5000'],
    ['localhost:5000', 'localhost:5000'],
    ['[2001:DB8::1]:5000', '[2001:db8::1]:5000'],
  ])('%s is connected to as %s', (text, registry) => {
    expect(parseRegistry(text)).toBe(registry)
  })

  it.each(['', 'quay.io/org', 'user:secret@quay.io', 'a b', 'quay.io:0', 'quay.io?x', 'ftp ://x'])(
    '“%s” is none',
    (text) => {
      expect(() => parseRegistry(text)).toThrow()
    },
  )
})

describe('an image', () => {
  it.each<[ImageFields, object]>([
    [
      { registry: 'quay.io', repository: 'org/img', digest },
      { registry: 'quay.io', repository: 'org/img', digest, tag: null },
    ],
    [
      { registry: 'docker.io', repository: 'debian', digest },
      { registry: 'registry-1.docker.io', repository: 'library/debian' },
    ],
    [
      { reference: `docker.io/library/debian@${digest}` },
      { registry: 'registry-1.docker.io', repository: 'library/debian' },
    ],
    [
      { reference: `debian:13@${digest}` },
      { registry: 'registry-1.docker.io', repository: 'library/debian', tag: '13' },
    ],
    [
      { reference: `docker://quay.io/org/img@${other}` },
      { registry: 'quay.io', repository: 'org/img', digest: other },
    ],
    [
      { reference: `localhost:5000/img:v1@${digest}` },
      { registry: 'localhost:5000', repository: 'img', tag: 'v1' },
    ],
    [{ reference: `org/img@${digest}` }, { registry: 'registry-1.docker.io', repository: 'org/img' }],
    [{ repository: `quay.io/org/img@${digest}` }, { registry: 'quay.io', repository: 'org/img', digest }],
    [
      { registry: 'quay.io', repository: `quay.io/org/img@${digest}` },
      { registry: 'quay.io', repository: 'org/img' },
    ],
    [
      { registry: 'quay.io', repository: 'my.org/img', digest },
      { registry: 'quay.io', repository: 'my.org/img' },
    ],
  ])('%o is read', (fields, expected) => {
    expect(image(fields)).toMatchObject({ read: expected, faults: [] })
  })

  it.each<[ImageFields, string, RegExp]>([
    [{ registry: 'quay.io', repository: 'img', digest: 'latest' }, 'digest', /“latest” is a tag.*resolve/],
    [{ registry: 'quay.io', repository: 'img:13' }, 'digest', /“13” is a tag/],
    [{ reference: 'docker.io/library/debian:13' }, 'reference', /“13” is a tag/],
    [{ registry: 'quay.io', repository: 'img' }, 'digest', /declared by digest/],
    [{ reference: 'debian' }, 'reference', /declared by digest/],
    [{ repository: 'img', digest }, 'registry', /Give a registry/],
    [{ registry: 'quay.io', digest }, 'repository', /Give a repository/],
    [{ registry: 'quay.io', repository: 'Img', digest }, 'repository', /lower-case/],
    [{ registry: 'quay.io', repository: 'a//b', digest }, 'repository', /is not the name/],
    [{ registry: 'quay.io', repository: '../b', digest }, 'repository', /is not the name/],
    [{ registry: 'quay.io', repository: 'img', digest: 'sha256:abc' }, 'digest', /is not a digest/],
    [{ registry: 'quay.io', repository: 'img', digest: 'a'.repeat(64) }, 'digest', /is not a digest/],
    [{ registry: 'quay.io', repository: 'img', digest: digest.toUpperCase() }, 'digest', /is not a digest/],
    [{ registry: 'quay.io', repository: `img@${other}`, digest }, 'digest', /differ/],
    [{ registry: 'a b', repository: 'img', digest }, 'registry', /./],
  ])('%o is refused at %s', (fields, at, message) => {
    const { read, faults } = image(fields)
    expect(read).toBeUndefined()
    expect(faults[0]).toMatchObject({ path: `images.0.${at}`, message: expect.stringMatching(message) })
  })
})

describe('a tag to resolve', () => {
  it.each<[ImageFields, object]>([
    [
      { reference: 'debian' },
      { registry: 'registry-1.docker.io', repository: 'library/debian', tag: 'latest' },
    ],
    [{ reference: 'quay.io/org/img:v1' }, { registry: 'quay.io', repository: 'org/img', tag: 'v1' }],
    [
      { registry: 'quay.io', repository: 'org/img', tag: 'v2' },
      { registry: 'quay.io', tag: 'v2' },
    ],
  ])('%o is read', (fields, expected) => {
    const faults: FieldFault[] = []
    expect(readTag(fields, faults)).toMatchObject(expected)
    expect(faults).toEqual([])
  })

  it('is not one when the digest is there already', () => {
    const faults: FieldFault[] = []
    expect(readTag({ reference: `debian@${digest}` }, faults)).toBeUndefined()
    expect(faults[0]?.message).toMatch(/declared as it is/)
  })
})

describe('a registry as a part of a name', () => {
  it.each([
    ['registry-1.docker.io', 'docker.io'],
    ['quay.io', 'quay.io'],
    ['registry.example.org:5000', 'registry.example.org__5000'],
    ['my-registry.example.org', 'my-registry.example.org'],
    ['127.0.0.1:5000', '127.0.0.1__5000'],
  ])('%s is %s, and back', (registry, segment) => {
    expect(segmentOf(registry)).toBe(segment)
    expect(registryOfSegment(segment)).toBe(registry)
  })

  it('goes by its other names too, and not at all where the grammar has no room', () => {
    expect(registryOfSegment('index.docker.io')).toBe('registry-1.docker.io')
    expect(segmentOf('[2001:db8::1]:5000')).toBeUndefined()
    expect(segmentOf('a__b.example.org__1')).toBeUndefined()
  })
})

describe('whatever is pasted', () => {
  it('is read as an image or refused with a fault, and what was read is read again as the same', () => {
    const piece = fc.constantFrom(
      ':',
      '@',
      '/',
      '.',
      '_',
      '-',
      '//',
      'a',
      'B',
      'quay.io',
      'localhost',
      ':5000',
      ' ',
      'ü',
      digest,
    )
    const pasted = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((pieces) => pieces.join('')),
    )
    fc.assert(
      fc.property(pasted, (reference) => {
        const { read, faults } = image({ reference })
        if (read === undefined) return faults.length > 0
        return referenceOf(image({ reference: referenceOf(read) }).read ?? read) === referenceOf(read)
      }),
    )
  })

  it('is a registry that its spelling in names leads back to', () => {
    fc.assert(
      fc.property(fc.webAuthority(), (authority) => {
        let registry: string
        try {
          registry = parseRegistry(authority)
        } catch (error) {
          return error instanceof AppError
        }
        const segment = segmentOf(registry)
        return segment === undefined || registryOfSegment(segment) === registry
      }),
    )
  })
})
