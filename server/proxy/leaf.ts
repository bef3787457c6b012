import { AppError } from '@/server/errors'
import type { Authority } from '@/server/proxy/authority-pem'
import {
  authorityKeyIdentifier,
  distinguishedName,
  keyIdentifier,
  leafConstraints,
  leafKeyUsage,
  serverAuthentication,
  signCertificate,
  subjectAlternativeName,
  subjectKeyIdentifier,
  type Validity,
} from '@/server/proxy/certificates'
import { parseHostName } from '@/server/proxy/host-name'

const SECOND = 1000
const DAY = 86_400 * SECOND

/** Back-dating plus life is 31 days: within the 47 days that CA/B Forum ballot SC-081 leaves from 2029 on. */
const BACKDATED = DAY
const LIFE = 30 * DAY

interface LeafInput {
  issuer: Authority
  /** Host names and addresses, at least one; see parseHostName. */
  names: string[]
  /** DER SubjectPublicKeyInfo of an EC key (the certificate allows digitalSignature only); exporting it is slow, so keep it. */
  publicKey: Buffer
  now: Date
}

interface Leaf extends Validity {
  der: Buffer
}

/** An empty subject: a common name has at most 64 characters, and any subject may break an issuer's name constraints. */
const noSubject = distinguishedName({ commonName: '', organisation: '' })

/**
 * A certificate for a TLS server, as strict clients want it (RFC 5280; Python ≥ 3.13 with VERIFY_X509_STRICT).
 *
 * @throws AppError `invalid` for a bad host name, `unavailable` when the authority has expired.
 */
export async function issueLeaf({ issuer, names, publicKey, now }: LeafInput): Promise<Leaf> {
  if (names.length === 0) throw new AppError('invalid', 'A certificate needs at least one host name.')
  const validity = leafValidity(issuer, now)
  const der = await signCertificate(
    {
      issuer: issuer.name,
      subject: noSubject,
      validity,
      publicKey,
      extensions: [
        subjectAlternativeName(names.map(parseHostName)),
        leafConstraints(),
        leafKeyUsage(),
        serverAuthentication(),
        subjectKeyIdentifier(keyIdentifier(publicKey)),
        authorityKeyIdentifier(issuer.keyIdentifier),
      ],
    },
    issuer.privateKey,
  )
  return { der, ...validity }
}

/**
 * When a leaf issued `now` is valid: from a day ago for thirty days, in whole seconds, and never outside its authority's time.
 *
 * @throws AppError `unavailable` when the authority has expired.
 */
export function leafValidity(authority: Validity, now: Date): Validity {
  if (authority.notAfter <= now) {
    const day = authority.notAfter.toISOString().slice(0, 10)
    throw new AppError(
      'unavailable',
      `The certificate authority expired on ${day}; an administrator must replace it.`,
    )
  }
  const second = Math.floor(now.getTime() / SECOND) * SECOND
  return {
    notBefore: new Date(Math.max(second - BACKDATED, authority.notBefore.getTime())),
    notAfter: new Date(Math.min(second + LIFE, authority.notAfter.getTime())),
  }
}
