import type { DigestAlgorithm } from '@/server/blobs/receive'
import { parseIntegrity } from '@/server/mirror/integrity'

/**
 * What declarations expect of the bytes: a Subresource-Integrity expression, read more strictly than a browser does. Each
 * algorithm that is named was named by somebody who relies on it, so each must match, by any one of its values.
 */
type Expectation = Map<DigestAlgorithm, Set<string>>

function readExpectation(expression: string): Expectation {
  const expectation: Expectation = new Map()
  for (const { algorithm, digest } of parseIntegrity(expression).values) {
    expectation.set(algorithm, (expectation.get(algorithm) ?? new Set()).add(digest))
  }
  return expectation
}

/**
 * Both expectations as one.
 * @returns undefined when no bytes can satisfy both.
 */
export function mergeExpectations(one: string | null, other: string | null): string | null | undefined {
  if (one === null || other === null) return one ?? other
  const merged = readExpectation(one)
  for (const [algorithm, digests] of readExpectation(other)) {
    const earlier = merged.get(algorithm)
    const common =
      earlier === undefined ? digests : new Set([...earlier].filter((digest) => digests.has(digest)))
    if (common.size === 0) return undefined
    merged.set(algorithm, common)
  }
  return [...merged]
    .flatMap(([algorithm, digests]) => [...digests].map((digest) => `${algorithm}-${digest}`))
    .join(' ')
}

/** The algorithms that must be computed to judge the bytes. */
export function algorithmsOf(expression: string): DigestAlgorithm[] {
  return [...readExpectation(expression).keys()]
}

interface Mismatch {
  algorithm: DigestAlgorithm
  /** Lower-case hex; any one would have matched. */
  expected: string[]
  /** Undefined when it was not computed. */
  actual: string | undefined
}

/**
 * The first algorithm by which the bytes do not satisfy the expression; undefined when they do.
 * @param digests lower-case hex by algorithm; one that was not computed does not match.
 */
export function mismatchOf(
  expression: string,
  digests: Partial<Record<DigestAlgorithm, string>>,
): Mismatch | undefined {
  for (const [algorithm, values] of readExpectation(expression)) {
    const expected = [...values].map((value) => Buffer.from(value, 'base64').toString('hex'))
    const actual = digests[algorithm]
    if (actual === undefined || !expected.includes(actual)) return { algorithm, expected, actual }
  }
  return undefined
}

/** Whether bytes with these digests (lower-case hex by algorithm) satisfy the expression. */
export function satisfies(expression: string, digests: Partial<Record<DigestAlgorithm, string>>): boolean {
  return mismatchOf(expression, digests) === undefined
}
