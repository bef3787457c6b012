const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const GROUPS = 4
const GROUP_LENGTH = 5

/**
 * A password to hand over: four groups of five from 31 characters that are not mistaken for one another, 99 bits.
 * `getRandomValues` also works on plain HTTP, where the rest of Web Crypto does not exist.
 */
export function newPassword(): string {
  const groups = Array.from({ length: GROUPS }, () => Array.from({ length: GROUP_LENGTH }, letter).join(''))
  return groups.join('-')
}

/** Bytes that would favour the first letters are drawn again. */
function letter(): string {
  const limit = 256 - (256 % LETTERS.length)
  for (;;) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1))
    if (byte < limit) return LETTERS.charAt(byte % LETTERS.length)
  }
}
