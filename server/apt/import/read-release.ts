import { createMessage, type Key, readKeys, readSignature, verify } from 'openpgp'
import { decodeText } from '@/server/apt/format/control'
import { FormatError } from '@/server/apt/format/format-error'
import { parseRelease, type Release } from '@/server/apt/format/release'
import type { ImportPlace } from '@/server/apt/import/import-place'
import { strict } from '@/server/apt/keys/openpgp-rules'
import { type TrustedKey, takeOffSignature, verifyClearsigned } from '@/server/apt/keys/verify-signature'
import { AppError } from '@/server/errors'

const MAX_RELEASE = 64 * 1024 * 1024

/**
 * The Release of a directory of indexes: InRelease, else Release.
 * @param directory from the place's root, with a slash at its end; empty for the root.
 * @param publicKey armored keys, one of which must have signed it; without them the signature is not looked at.
 * @param now the moment at which the key must be valid.
 * @returns undefined where there is none, which is only taken without a key.
 * @throws AppError `unprocessable` when the signature is missing or wrong, or the file is none.
 */
export async function readRelease(
  place: ImportPlace,
  directory: string,
  { publicKey, now }: { publicKey: string | undefined; now: Date },
): Promise<Release | undefined> {
  const keys = publicKey === undefined ? undefined : await keysOf(publicKey)
  const inline = await place.read(`${directory}InRelease`, MAX_RELEASE)
  try {
    if (inline !== undefined) {
      const text = decodeText(inline, { what: 'InRelease' })
      return parseRelease(keys === undefined ? takeOffSignature(text) : await verifiedInline(text, keys))
    }
    const content = await place.read(`${directory}Release`, MAX_RELEASE)
    if (content === undefined) {
      if (keys !== undefined) throw refused('has no Release whose signature could be checked')
      return undefined
    }
    if (keys !== undefined) await verifyDetached(place, { directory, content, keys })
    return parseRelease(decodeText(content, { what: 'Release' }))
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    throw new AppError('unprocessable', `The Release of ${place.name} cannot be read. ${error.message}`)
  }

  function refused(what: string): AppError {
    return new AppError('unprocessable', `${place.name} ${what}. Nothing was imported.`)
  }

  async function verifiedInline(text: string, trusted: Key[]): Promise<string> {
    const verdict = await verifyClearsigned(text, trusted.map(trustedKey), now)
    if (verdict.fingerprint !== undefined) return verdict.text
    throw refused(
      `has a Release that none of the given keys has signed. ${verdict.problem ?? 'It is not signed'}`,
    )
  }

  async function verifyDetached(
    from: ImportPlace,
    signed: { directory: string; content: Buffer; keys: Key[] },
  ): Promise<void> {
    const armored = await from.read(`${signed.directory}Release.gpg`, MAX_RELEASE)
    if (armored === undefined) throw refused('has a Release without a signature')
    const signature = await readSignature({ armoredSignature: armored.toString('latin1') }).catch(() => {
      throw refused('has a Release.gpg that is no signature')
    })
    const message = await createMessage({ binary: new Uint8Array(signed.content) })
    const { signatures } = await verify({
      message,
      signature,
      verificationKeys: signed.keys,
      date: now,
      config: strict,
    })
    await requireOne(signatures.map(({ verified }) => verified))
  }

  async function requireOne(verified: readonly Promise<unknown>[]): Promise<void> {
    const ends = await Promise.allSettled(verified)
    if (ends.some(({ status }) => status === 'fulfilled')) return
    throw refused('has a Release that none of the given keys has signed')
  }
}

async function keysOf(armoredKeys: string): Promise<Key[]> {
  return readKeys({ armoredKeys }).catch(() => {
    throw new AppError(
      'invalid',
      'The public key cannot be read: give it armored, as `gpg --armor --export` does.',
    )
  })
}

function trustedKey(key: Key): TrustedKey {
  return { fingerprint: key.getFingerprint().toUpperCase(), publicKey: key.armor() }
}
