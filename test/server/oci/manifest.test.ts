import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '@/server/errors'
import { MAX_MANIFEST_BYTES, type ReadManifest, readManifest } from '@/server/oci/manifest'
import {
  DOCKER_LIST,
  DOCKER_MANIFEST,
  DOCKER_SCHEMA1,
  DOCKER_SCHEMA1_SIGNED,
  manifestTypes,
  OCI_ARTIFACT,
  OCI_INDEX,
  OCI_MANIFEST,
} from '@/server/oci/media-types'

const DIGEST = `sha256:${'a'.repeat(64)}`
const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: DIGEST, size: 7 }
const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: DIGEST, size: 9 }
const child = { mediaType: OCI_MANIFEST, digest: DIGEST, size: 11 }
const image = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] }
const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [child] }
const schema1 = { schemaVersion: 1, name: 'a', tag: '1', fsLayers: [{ blobSum: DIGEST }], history: [] }

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))
const read = (value: unknown, type?: string) => readManifest(bytes(value), type)

function refusal(content: Buffer, type?: string): AppError | undefined {
  try {
    readManifest(content, type)
    return undefined
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

const without = (value: object, ...names: string[]) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))

describe('a manifest of each kind', () => {
  it.each<[string, object, string | undefined, Partial<ReadManifest>]>([
    ['an OCI image', image, OCI_MANIFEST, { kind: 'image', layers: [layer], config }],
    ['one without a type of its own', without(image, 'mediaType'), OCI_MANIFEST, { mediaType: OCI_MANIFEST }],
    [
      'one of which nothing says the type',
      without(image, 'mediaType'),
      undefined,
      { mediaType: OCI_MANIFEST },
    ],
    ['one sent as JSON', image, 'application/json', { mediaType: OCI_MANIFEST }],
    ['one with parameters', image, `${OCI_MANIFEST.toUpperCase()} ; charset=utf-8; a=b`, { kind: 'image' }],
    ['no layers', { ...image, layers: [] }, undefined, { layers: [] }],
    [
      'docker’s',
      {
        schemaVersion: 2,
        config: { ...config, mediaType: 'application/vnd.docker.container.image.v1+json' },
        layers: [layer],
      },
      undefined,
      { mediaType: DOCKER_MANIFEST, kind: 'image' },
    ],
    ['an OCI index', index, OCI_INDEX, { kind: 'index', layers: [], manifests: [child] }],
    ['an index of which nothing says the type', without(index, 'mediaType'), '', { mediaType: OCI_INDEX }],
    [
      'docker’s list',
      { ...index, mediaType: DOCKER_LIST },
      undefined,
      { kind: 'index', mediaType: DOCKER_LIST },
    ],
    ['an empty index', { ...index, manifests: [] }, undefined, { manifests: [] }],
    [
      'an artifact',
      { mediaType: OCI_ARTIFACT, artifactType: 'a/b', blobs: [layer], subject: child },
      undefined,
      { kind: 'image', artifactType: 'a/b', layers: [layer], subject: child },
    ],
    ['docker’s first', schema1, undefined, { mediaType: DOCKER_SCHEMA1, kind: 'schema1' }],
    [
      'docker’s first, signed',
      { ...schema1, signatures: [] },
      undefined,
      { mediaType: DOCKER_SCHEMA1_SIGNED },
    ],
    ['docker’s first by its type', schema1, DOCKER_SCHEMA1_SIGNED, { mediaType: DOCKER_SCHEMA1_SIGNED }],
  ])('%s', (_name, value, type, expected) => {
    expect(read(value, type)).toMatchObject(expected)
  })

  it('refers with its own artifact type, or else with that of its configuration', () => {
    const subject = { ...child, digest: `sha512:${'b'.repeat(128)}` }
    expect(read({ ...image, subject }).artifactType).toBe(config.mediaType)
    expect(read({ ...image, subject, artifactType: '' }).artifactType).toBe(config.mediaType)
    expect(read({ ...image, subject, artifactType: 'a/b' })).toMatchObject({ artifactType: 'a/b', subject })
    expect(read({ ...index, subject }).artifactType).toBeUndefined()
    expect(read({ ...index, subject, artifactType: 'a/b' })).toMatchObject({ artifactType: 'a/b', subject })
  })

  it('tells the platforms of an index', () => {
    const of = (platform: unknown) =>
      read({ ...index, manifests: [{ ...child, platform }] }).manifests[0]?.platform
    expect(of({ os: 'linux', architecture: 'arm', variant: 'v7' })).toBe('linux/arm/v7')
    expect(of({ os: 'linux', architecture: 'amd64', variant: '' })).toBe('linux/amd64')
    expect(of({})).toBeUndefined()
    expect(of(null)).toBeUndefined()
  })
})

describe('a manifest that could be two things (CVE-2021-41190)', () => {
  it.each([
    ['an index with layers', { ...index, layers: [layer] }, undefined],
    ['an index with a configuration', { ...index, config }, undefined],
    ['an image with manifests', { ...image, manifests: [child] }, undefined],
    ['an index sent as an image', index, OCI_MANIFEST],
    ['an image sent as an index', image, OCI_INDEX],
    ['an image of OCI sent as docker’s', image, DOCKER_MANIFEST],
    ['both, of no type', without({ ...image, ...index }, 'mediaType'), undefined],
    ['both, of no type, sent as an image', without({ ...image, ...index }, 'mediaType'), OCI_MANIFEST],
    ['the first version sent as the second', schema1, DOCKER_MANIFEST],
  ])('is refused: %s', (_name, value, type) => {
    expect(refusal(bytes(value), type)?.code).toBe('invalid')
  })
})

describe('a manifest that is not valid', () => {
  it.each([
    ['nothing', ''],
    ['half of it', '{"schemaVersion":2'],
    ['a list', '[]'],
    ['null', 'null'],
    ['text', '"a"'],
    ['more after its end', `${JSON.stringify(image)}{}`],
    ['a byte order mark too many', `\ufeff\ufeff${JSON.stringify(image)}`],
    ['nesting that never ends', '['.repeat(1_000_000)],
  ])('is refused: %s', (_name, text) => {
    expect(refusal(Buffer.from(text), OCI_MANIFEST)?.code).toBe('invalid')
  })

  it('is refused when its bytes are not UTF-8', () => {
    const content = Buffer.concat([
      Buffer.from('{"schemaVersion":2,"a":"'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ])
    expect(refusal(content)?.message).toContain('not valid JSON')
  })

  const descriptors: [string, unknown][] = [
    ['none', undefined],
    ['null', null],
    ['text', DIGEST],
    ['no digest', without(layer, 'digest')],
    ['a digest of upper case', { ...layer, digest: DIGEST.replace('a', 'A') }],
    ['a digest by another algorithm', { ...layer, digest: `sha384:${'a'.repeat(96)}` }],
    ['a digest with a path', { ...layer, digest: `sha256:../../${'a'.repeat(58)}` }],
    ['no type', without(layer, 'mediaType')],
    ['a type that is too long', { ...layer, mediaType: 'a'.repeat(256) }],
    ['a type that no database takes', { ...layer, mediaType: 'a\0b' }],
    ['no size', without(layer, 'size')],
    ['a size of text', { ...layer, size: '9' }],
    ['a negative size', { ...layer, size: -1 }],
    ['half a byte', { ...layer, size: 0.5 }],
    ['a size that is not exact', { ...layer, size: 2 ** 53 }],
    ['annotations of numbers', { ...layer, annotations: { a: 1 } }],
    ['a platform of text', { ...layer, platform: 'linux' }],
    ['a platform that no database takes', { ...layer, platform: { os: 'a\0' } }],
    ['data that is no text', { ...layer, data: 1 }],
  ]
  it.each(descriptors)('is refused with a descriptor that has %s', (_name, value) => {
    for (const manifest of [
      { ...image, config: value },
      { ...image, layers: [layer, value] },
      { ...index, manifests: [value] },
      { ...image, subject: value ?? 'none' },
    ]) {
      expect(refusal(bytes(manifest))?.code).toBe('invalid')
    }
  })

  it.each([
    ['a size beyond all numbers', '"size":1e999'],
    ['a size of very many digits', `"size":${'9'.repeat(100_000)}`],
  ])('is refused with %s', (_name, size) => {
    const text = JSON.stringify(image).replace(/"size":\d+/, size)
    expect(refusal(Buffer.from(text))?.message).toContain('size')
  })

  it.each([
    ['no version', without(image, 'schemaVersion')],
    ['another version', { ...image, schemaVersion: 3 }],
    ['a version of text', { ...image, schemaVersion: '2' }],
    ['no layers', without(image, 'layers')],
    ['no configuration', without(image, 'config')],
    ['layers that are no list', { ...image, layers: {} }],
    ['a type that is none of a manifest', { ...image, mediaType: 'text/plain' }],
    ['a type that is no text', { ...image, mediaType: [OCI_MANIFEST] }],
    ['annotations of numbers', { ...image, annotations: { a: 1 } }],
    ['annotations in a list', { ...image, annotations: ['a'] }],
    ['an annotation that no database takes', { ...image, annotations: { a: '\0' } }],
    ['the name of an annotation that no database takes', { ...image, annotations: { '\0': 'a' } }],
    ['an annotation with half a character', { ...image, annotations: { a: '\ud800' } }],
    ['an artifact type that no database takes', { ...image, artifactType: 'a\0' }],
    ['an index without manifests', without(index, 'manifests')],
    ['layers of docker’s first without digests', { ...schema1, fsLayers: [{}] }],
    ['layers of docker’s first that are no list', { ...schema1, fsLayers: null }],
  ])('is refused with %s', (_name, value) => {
    expect(refusal(bytes(value))?.code).toBe('invalid')
  })

  it('is too large from one byte more than the limit', () => {
    const padded = (size: number) =>
      Buffer.concat([bytes(image), Buffer.alloc(size - bytes(image).length, ' ')])
    expect(readManifest(padded(MAX_MANIFEST_BYTES), undefined).kind).toBe('image')
    expect(refusal(padded(MAX_MANIFEST_BYTES + 1))?.code).toBe('too_large')
  })
})

describe('what a manifest embeds', () => {
  const content = Buffer.from('{}')
  const digests = (['sha256', 'sha512'] as const).map(
    (name) => `${name}:${createHash(name).update(content).digest('hex')}`,
  )

  it.each(digests)('is taken when it is what %s says', (digest) => {
    const data = content.toString('base64')
    expect(read({ ...image, config: { ...config, digest, size: 2, data } }).config?.data).toEqual(content)
  })

  it.each([
    ['another content', { size: 2, data: Buffer.from('[]').toString('base64') }],
    ['another size', { size: 3, data: content.toString('base64') }],
    ['less of it', { size: 2, data: '' }],
  ])('is refused: %s', (_name, part) => {
    const descriptor = { ...config, digest: digests[0], ...part }
    expect(refusal(bytes({ ...image, config: descriptor }))?.message).toContain('data')
  })
})

describe('names that mean something to this language', () => {
  it('are names like others', () => {
    const own = '{"__proto__":"a","constructor":"b","toString":"c"}'
    const text = JSON.stringify(image).replace('"schemaVersion"', `"annotations":${own},"schemaVersion"`)
    const { annotations } = readManifest(Buffer.from(text), undefined)
    expect(JSON.stringify(annotations)).toBe(own)
    expect(({} as { polluted?: string }).polluted).toBeUndefined()
  })

  it('bring nothing that is not there', () => {
    const text = `{"__proto__":${JSON.stringify(image)}}`
    expect(refusal(Buffer.from(text))?.code).toBe('invalid')
  })

  it('and a name that comes twice means what comes last', () => {
    const text = JSON.stringify(image).replace('"layers"', '"layers":[{}],"layers"')
    expect(readManifest(Buffer.from(text), undefined).layers).toHaveLength(1)
  })
})

const anything = fc.jsonValue({ maxDepth: 3 })
const fields = fc.record(
  {
    schemaVersion: fc.oneof(fc.constantFrom(1, 2), anything),
    mediaType: fc.oneof(fc.constantFrom(...manifestTypes), anything),
    config: fc.oneof(fc.constant(config), anything),
    layers: fc.oneof(fc.constant([layer]), fc.array(anything), anything),
    manifests: fc.oneof(fc.constant([child]), fc.array(anything), anything),
    blobs: anything,
    fsLayers: anything,
    subject: fc.oneof(fc.constant(child), anything),
    annotations: fc.oneof(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })),
      anything,
    ),
    artifactType: fc.oneof(fc.string({ unit: 'binary' }), anything),
  },
  { requiredKeys: [] },
)
const type = fc.option(fc.oneof(fc.constantFrom(...manifestTypes, 'application/json'), fc.string()), {
  nil: undefined,
})

describe('whatever comes', () => {
  it('of JSON, is a manifest that a database takes, or refused as invalid', () => {
    fc.assert(
      fc.property(fc.oneof(fields, anything), type, (value, contentType) => {
        const refused = refusal(bytes(value), contentType)
        expect(refused?.code ?? 'invalid').toBe('invalid')
        if (refused !== undefined) return
        const manifest = read(value, contentType)
        expect(manifestTypes).toContain(manifest.mediaType)
        expect(JSON.stringify([manifest.annotations, manifest.artifactType])).not.toMatch(
          /\\u(0000|d[89a-f])/,
        )
      }),
      { numRuns: 2_000 },
    )
  })

  it('of bytes, is refused as invalid', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), type, (content, contentType) => {
        expect(refusal(Buffer.from(content), contentType)?.code).toBe('invalid')
      }),
    )
  })
})
