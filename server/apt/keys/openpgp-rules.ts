import { enums, type PartialConfig } from 'openpgp'

/** Hash algorithms that apt accepts in no signature since 2026-02-01, or before. */
export const oldHashes: ReadonlySet<number> = new Set([
  enums.hash.md5,
  enums.hash.sha1,
  enums.hash.ripemd,
  enums.hash.sha224,
])

/** What is read of a stranger's key may cost this much memory at most: 128 MiB. */
const bounded = { maxArgon2MemoryExponent: 17 }

/** Rules by which signatures are made and believed. */
export const strict: PartialConfig = {
  ...bounded,
  rejectHashAlgorithms: new Set(oldHashes),
  rejectMessageHashAlgorithms: new Set(oldHashes),
  preferredHashAlgorithm: enums.hash.sha512,
  // A key that was renewed carries a newer signature of its own than what it signed before; it has to be valid now in any case.
  allowInsecureVerificationWithReformattedKeys: true,
}

/** Rules by which a key is looked at, so that it can be said what is wrong with it. */
export const lenient: PartialConfig = {
  ...bounded,
  rejectHashAlgorithms: new Set(),
  rejectPublicKeyAlgorithms: new Set(),
  rejectCurves: new Set(),
  minRSABits: 0,
}
