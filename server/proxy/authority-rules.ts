import type { X509Certificate } from 'node:crypto'
import type { CertificateFacts } from '@/server/proxy/certificate-facts'

/** A certificate that stands above a leaf, as far as it was read. */
export interface AuthorityCertificate {
  x509: X509Certificate
  facts: CertificateFacts
  isSelfSigned: boolean
}

interface BrokenRule {
  reason: string
  /** Ends a sentence that begins with the certificate's name. */
  message: string
}

/** Where and when a certificate is judged: `depth` 0 signs leaves, 1 signs that one, and so on. */
interface Position {
  depth: number
  now: Date
}

interface Rule extends BrokenRule {
  isBroken(certificate: AuthorityCertificate, position: Position): boolean
}

/** A SEQUENCE of nothing in DER: its tag and its length. */
const EMPTY_NAME_LENGTH = 2
const KEY_CERT_SIGN = 0x04
const SERVER_AUTHENTICATION = ['1.3.6.1.5.5.7.3.1', '2.5.29.37.0']

/**
 * What strict clients (OpenSSL's `-x509_strict`, and so Python ≥ 3.13) demand of every certificate above a leaf, the
 * plainest fault first. RFC 5280 §4.2.1 unless said otherwise.
 */
const rules: Rule[] = [
  {
    reason: 'name_missing',
    message: 'does not say whose it is (its subject is empty), which an authority must.',
    isBroken: ({ facts }) => facts.subject.length <= EMPTY_NAME_LENGTH,
  },
  {
    reason: 'not_an_authority',
    message: 'does not belong to an authority (its basic constraints do not say CA:TRUE).',
    isBroken: ({ facts }) => facts.basicConstraints?.authority !== true,
  },
  {
    reason: 'constraints_not_critical',
    message: 'has basic constraints that are not marked critical, which strict clients refuse.',
    isBroken: ({ facts }) => facts.basicConstraints?.critical !== true,
  },
  {
    reason: 'key_usage_missing',
    message: 'has no key usage, which strict clients refuse.',
    isBroken: ({ facts }) => facts.keyUsage === undefined,
  },
  {
    reason: 'may_not_sign',
    message: 'may not sign certificates (its key usage lacks keyCertSign).',
    isBroken: ({ facts }) => ((facts.keyUsage ?? 0) & KEY_CERT_SIGN) === 0,
  },
  {
    reason: 'not_for_servers',
    message: 'may not vouch for TLS servers (its extended key usage lacks serverAuth).',
    // X509Certificate.keyUsage is, despite its name, the extended key usage.
    isBroken: ({ x509 }) => x509.keyUsage?.some((oid) => SERVER_AUTHENTICATION.includes(oid)) === false,
  },
  {
    reason: 'path_too_long',
    message: 'does not allow so many certificates below it (its path length constraint).',
    isBroken: ({ facts }, { depth }) => (facts.basicConstraints?.pathLength ?? depth) < depth,
  },
  {
    reason: 'key_identifier_missing',
    message: 'has no subject key identifier, which strict clients refuse.',
    isBroken: ({ facts }) => (facts.subjectKeyIdentifier?.length ?? 0) === 0,
  },
  {
    reason: 'issuer_identifier_missing',
    message: 'has no authority key identifier, which strict clients refuse.',
    isBroken: ({ facts, isSelfSigned }) => !isSelfSigned && !facts.hasAuthorityKeyIdentifier,
  },
  {
    reason: 'weak_signature',
    message:
      'is signed with SHA-1, MD5 or another algorithm that clients refuse; SHA-256 or stronger is needed.',
    isBroken: ({ facts }) => !facts.signatureIsStrong,
  },
  // The times are compared so that one that cannot be read counts against the certificate.
  {
    reason: 'not_yet_valid',
    message: 'is not valid yet.',
    isBroken: ({ x509 }, { now }) => !(new Date(x509.validFrom) <= now),
  },
  {
    reason: 'expired',
    message: 'has expired.',
    isBroken: ({ x509 }, { now }) => !(new Date(x509.validTo) > now),
  },
]

/** The first rule that the certificate breaks, if any. */
export function checkAuthorityCertificate(
  certificate: AuthorityCertificate,
  position: Position,
): BrokenRule | undefined {
  return rules.find((rule) => rule.isBroken(certificate, position))
}
