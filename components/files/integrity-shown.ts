const NAMES: Record<string, string> = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' }

/** An expected hash as people compare it: a single SHA-256 in hexadecimal, everything else as it was declared. */
export function integrityShown(expression: string | null): { name: string; value: string } | undefined {
  if (expression === null || expression === '') return undefined
  const [, algorithm = '', encoded = ''] =
    /^(sha256|sha384|sha512)-([A-Za-z0-9+/]+={0,2})$/.exec(expression) ?? []
  const name = NAMES[algorithm]
  if (name === undefined) return { name: 'integrity', value: expression }
  if (algorithm !== 'sha256') return { name, value: expression }
  const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))
  return { name, value: [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('') }
}
