import { generateKeyPairSync } from 'node:crypto'
import { AppError } from '@/server/errors'
import {
  authorityConstraints,
  authorityKeyIdentifier,
  authorityKeyUsage,
  certificatePem,
  distinguishedName,
  keyIdentifier,
  signCertificate,
  subjectKeyIdentifier,
} from '@/server/proxy/certificates'

const DAY = 86_400_000

/** RFC 5280 appendix A: ub-common-name and ub-organization-name, in characters. */
const MAX_NAME_LENGTH = 64

interface RootInput {
  /** Should differ from one root to the next: people and some clients tell roots apart by name. */
  commonName: string
  /** Left out of the certificate when empty. */
  organisation: string
  now: Date
  /** Days from `now`; ten years unless told. */
  validDays?: number
}

/**
 * A new self-signed root (EC P-256) that may sign leaves and nothing else, clean under `openssl verify -x509_strict`.
 * It is back-dated by a day, for clients whose clocks are behind.
 *
 * @throws AppError `invalid` when the names are empty or longer than X.509 allows.
 */
export async function createRoot(
  input: RootInput,
): Promise<{ certificatePem: string; privateKeyPem: string }> {
  const { commonName, organisation, now, validDays = 3650 } = input
  if (commonName === '' || [commonName, organisation].some((name) => [...name].length > MAX_NAME_LENGTH)) {
    throw new AppError(
      'invalid',
      `An authority needs a name; it and the organisation have up to ${MAX_NAME_LENGTH} characters.`,
    )
  }
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = distinguishedName({ commonName, organisation })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const identifier = keyIdentifier(spki)
  const der = await signCertificate(
    {
      issuer: name,
      subject: name,
      validity: {
        notBefore: new Date(now.getTime() - DAY),
        notAfter: new Date(now.getTime() + validDays * DAY),
      },
      publicKey: spki,
      extensions: [
        authorityConstraints(),
        authorityKeyUsage(),
        subjectKeyIdentifier(identifier),
        authorityKeyIdentifier(identifier),
      ],
    },
    privateKey,
  )
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { certificatePem: certificatePem(der), privateKeyPem }
}
