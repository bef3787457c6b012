import { describe, expect, it } from 'vitest'
import { hasDigest, isResolvable, parseReferences, replaceReference } from '@/components/images/references'

const digest = `sha256:${'0a'.repeat(32)}`
const of = (text: string) => parseReferences(text).map(({ reference }) => reference)

describe('parseReferences', () => {
  it.each([
    ['docker.io/library/debian:13', 'docker.io/library/debian:13'],
    [`quay.io/a/b@${digest}`, `quay.io/a/b@${digest}`],
    ['  - "quay.io/a/b:1",', 'quay.io/a/b:1'],
    ['FROM debian:13-slim AS build', 'debian:13-slim'],
    ['FROM --platform=$BUILDPLATFORM golang:1.24', 'golang:1.24'],
    ['  image: ghcr.io/a/b:v2', 'ghcr.io/a/b:v2'],
    ['- image: ghcr.io/a/b:v2', 'ghcr.io/a/b:v2'],
    ['docker pull registry.example.org:5000/a/b:1', 'registry.example.org:5000/a/b:1'],
    ['docker://quay.io/a/b:1', 'quay.io/a/b:1'],
    ['quay.io/a/b:1 # the base', 'quay.io/a/b:1'],
    ['`quay.io/a/b:1`', 'quay.io/a/b:1'],
  ])('finds the reference in %s', (text, reference) => {
    expect(of(text)).toEqual([reference])
  })

  it('keeps the number of the line, and leaves comments and blank lines out', () => {
    expect(parseReferences('# base\n\na/b:1\n\nc/d:2')).toEqual([
      { number: 3, reference: 'a/b:1' },
      { number: 5, reference: 'c/d:2' },
    ])
  })

  it('keeps what is no reference, so that the person is told', () => {
    expect(of('two words')).toEqual(['two words'])
  })
})

it('tells tags, which can be resolved, from digests', () => {
  expect(hasDigest(`a/b@${digest}`)).toBe(true)
  expect(hasDigest('a/b:1')).toBe(false)
  expect(isResolvable('docker.io/library/debian')).toBe(true)
  expect(isResolvable('registry.example.org:5000/a/b:1')).toBe(true)
  expect(isResolvable(`a/b:1@${digest}`)).toBe(false)
  expect(isResolvable('two words')).toBe(false)
})

it('replaceReference puts one in place of another wherever it stands', () => {
  const text = '# base\nFROM debian:13\nother:1\ndebian:13'
  expect(replaceReference(text, 'debian:13', `debian:13@${digest}`)).toBe(
    `# base\ndebian:13@${digest}\nother:1\ndebian:13@${digest}`,
  )
})
