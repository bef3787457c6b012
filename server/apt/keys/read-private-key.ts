import { createCleartextMessage, decryptKey, type PrivateKey, readPrivateKeys, sign, verify } from 'openpgp'
import type { NewKey } from '@/server/apt/keys/generate-key'
import { lenient, strict } from '@/server/apt/keys/openpgp-rules'
import { algorithmName, readKeyFacts } from '@/server/apt/keys/read-key-facts'
import { judgeKey } from '@/server/apt/keys/strength'
import { AppError } from '@/server/errors'

interface Given {
  /** Armored. */
  privateKey: string
  passphrase?: string | undefined
}

/**
 * Reads a private key that somebody wants to sign with, takes its passphrase off, and tries it.
 * @throws AppError `invalid` for what is no private key, a wrong passphrase, and a key whose signatures clients would refuse.
 */
export async function readSigningKey({ privateKey, passphrase }: Given, now: Date): Promise<NewKey> {
  const locked = await readOne(privateKey)
  const facts = await readKeyFacts(locked, now)
  const { refusals } = judgeKey(facts, now)
  if (refusals.length > 0) throw refused(`This key would not be accepted by clients. ${refusals.join(' ')}`)
  const key = await unlock(locked, passphrase)
  await trySigning(key, now)
  return {
    origin: 'imported',
    fingerprint: key.getFingerprint().toUpperCase(),
    algorithm: algorithmName(facts),
    userId: key.getUserIDs()[0] ?? '',
    publicKey: key.toPublic().armor().replaceAll('\r\n', '\n'),
    privateKey: key.armor(),
    expiresAt: facts.expiresAt,
  }
}

async function readOne(armoredKeys: string): Promise<PrivateKey> {
  if (armoredKeys.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----')) {
    throw refused('This is a public key. Give the private one: “gpg --armor --export-secret-keys” writes it.')
  }
  const keys = await readPrivateKeys({ armoredKeys, config: lenient }).catch((cause: unknown) => {
    throw refused('This is no armored private key of version 4 or later, or it is damaged.', cause)
  })
  const [key] = keys
  if (key !== undefined && keys.length === 1) return key
  throw refused(`Give one private key; these are ${keys.length}.`)
}

async function unlock(key: PrivateKey, passphrase: string | undefined): Promise<PrivateKey> {
  if (key.isDecrypted()) return key
  if (!passphrase) throw refused('This key has a passphrase: give it as well.', undefined, 'passphrase')
  return decryptKey({ privateKey: key, passphrase, config: lenient }).catch((cause: unknown) => {
    throw refused('This passphrase does not open the key.', cause, 'passphrase')
  })
}

/** What a card holds, and what does not fit the public part, shows only when it is used. */
async function trySigning(key: PrivateKey, date: Date): Promise<void> {
  try {
    const text = await createCleartextMessage({ text: 'Release' })
    const message = await sign({ message: text, signingKeys: key, format: 'object', date, config: strict })
    const verificationKeys = key.toPublic()
    await verify({ message, verificationKeys, expectSigned: true, date, config: strict })
  } catch (cause) {
    throw refused(
      'This key does not sign: the private part of what signs is missing, or does not fit.',
      cause,
    )
  }
}

function refused(message: string, cause?: unknown, path = 'privateKey'): AppError {
  return new AppError('invalid', message, { cause, fields: [{ path, message }] })
}
