/** Digests of the OCI image-spec (descriptor.md, “Digests”); the two algorithms that it registers and everybody has. */
export type OciAlgorithm = 'sha256' | 'sha512'

export interface Digest {
  algorithm: OciAlgorithm
  /** Lower case. */
  hex: string
}

const GRAMMAR = /^(?:(sha256):([0-9a-f]{64})|(sha512):([0-9a-f]{128}))$/

/** @returns undefined for anything that is not `sha256:<64 hex>` or `sha512:<128 hex>` in lower case. */
export function parseDigest(text: string): Digest | undefined {
  const [, sha256, hex256, , hex512] = GRAMMAR.exec(text) ?? []
  if (sha256 !== undefined) return { algorithm: 'sha256', hex: hex256 as string }
  return hex512 === undefined ? undefined : { algorithm: 'sha512', hex: hex512 }
}

export function isDigest(text: string): boolean {
  return GRAMMAR.test(text)
}
