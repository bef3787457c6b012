import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { AppError } from '@/server/errors'
import { type AuthorityCertificate, checkAuthorityCertificate } from '@/server/proxy/authority-rules'
import { readCertificateFacts } from '@/server/proxy/certificate-facts'
import { canSignCertificates } from '@/server/proxy/certificates'

/** A certificate authority that is fit to sign leaves. */
export interface Authority {
  /** The certificate that signs leaves. */
  certificatePem: string
  /** What a TLS server sends after its leaf: nothing for a root, else this authority and its intermediates. */
  chainPem: string
  /** What clients must trust: the root when it was given, else the last certificate below it. */
  anchorPem: string
  privateKey: KeyObject
  /** DER Name, byte for byte. */
  name: Buffer
  /** Byte for byte. */
  keyIdentifier: Buffer
  notBefore: Date
  notAfter: Date
  /** For people, such as `O=Example, CN=Example CA`. */
  subject: string
  /** SHA-256 of the certificate, as `AB:CD:…`. */
  fingerprint: string
}

/** Far more than any chain in use; it bounds the work an upload can cause. */
const MAX_CERTIFICATES = 8
const MAX_PEM_LENGTH = 64 * 1024
const MIN_RSA_BITS = 2048

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

/**
 * Reads and checks an authority: our own root, or one an organisation brings. The certificates may stand in any order;
 * the one that the key belongs to signs, the others must lead from it towards its root.
 *
 * @throws AppError `invalid` with one sentence on what is wrong, `fields[0].path` `certificate` or `privateKey`, and `detail.reason`.
 */
export function readAuthority(
  certificatePem: string,
  privateKeyPem: string,
  { now }: { now: Date },
): Authority {
  const privateKey = readPrivateKey(privateKeyPem)
  const certificates = readCertificates(certificatePem)
  const issuing = certificates.find(({ x509 }) => x509.checkPrivateKey(privateKey))
  if (issuing === undefined) {
    throw refusal('privateKey', 'key_mismatch', 'The private key does not belong to any of the certificates.')
  }
  const chain = orderChain(issuing, certificates)
  for (const [depth, certificate] of chain.entries()) {
    const broken = checkAuthorityCertificate(certificate, { depth, now })
    if (broken !== undefined) {
      throw refusal('certificate', broken.reason, `${title(certificate)} ${broken.message}`)
    }
  }
  return describe(chain, issuing, privateKey)
}

function describe(
  chain: AuthorityCertificate[],
  issuing: AuthorityCertificate,
  privateKey: KeyObject,
): Authority {
  const { x509, facts } = issuing
  return {
    certificatePem: x509.toString(),
    chainPem: chain.flatMap((each) => (each.isSelfSigned ? [] : [each.x509.toString()])).join(''),
    anchorPem: (chain.at(-1) ?? issuing).x509.toString(),
    privateKey,
    name: facts.subject,
    keyIdentifier: facts.subjectKeyIdentifier ?? Buffer.alloc(0),
    notBefore: new Date(x509.validFrom),
    notAfter: new Date(x509.validTo),
    subject: subjectText(x509),
    fingerprint: x509.fingerprint256,
  }
}

function readPrivateKey(pem: string): KeyObject {
  const key = parsePrivateKey(pem)
  const bits = key.asymmetricKeyDetails?.modulusLength ?? Number.POSITIVE_INFINITY
  if (!canSignCertificates(key) || bits < MIN_RSA_BITS) {
    const wanted = `RSA of at least ${MIN_RSA_BITS} bits, or EC on P-256, P-384 or P-521`
    throw refusal('privateKey', 'key_unsuitable', `The private key must be ${wanted}.`)
  }
  return key
}

function parsePrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem.slice(0, MAX_PEM_LENGTH))
  } catch (cause) {
    if (pem.includes('ENCRYPTED')) {
      const hint = 'remove its passphrase first, for instance with `openssl pkey`'
      throw refusal('privateKey', 'key_encrypted', `The private key is encrypted; ${hint}.`, cause)
    }
    throw refusal('privateKey', 'key_unreadable', 'The private key is not a PEM private key.', cause)
  }
}

function readCertificates(pem: string): AuthorityCertificate[] {
  const blocks = pem.length > MAX_PEM_LENGTH ? [] : (pem.match(CERTIFICATE) ?? [])
  if (blocks.length === 0 || blocks.length > MAX_CERTIFICATES) {
    const limits = `between one and ${MAX_CERTIFICATES} PEM certificates, up to ${MAX_PEM_LENGTH / 1024} KiB`
    throw refusal('certificate', 'certificate_missing', `The text must hold ${limits}.`)
  }
  const certificates = blocks.map(readCertificate)
  return [...new Map(certificates.map((each) => [each.x509.fingerprint256, each])).values()]
}

function readCertificate(pem: string, index: number): AuthorityCertificate {
  try {
    const x509 = new X509Certificate(pem)
    const isSelfSigned = x509.checkIssued(x509) && x509.verify(x509.publicKey)
    return { x509, facts: readCertificateFacts(x509.raw), isSelfSigned }
  } catch (cause) {
    throw refusal(
      'certificate',
      'certificate_unreadable',
      `Certificate ${index + 1} in the text cannot be read.`,
      cause,
    )
  }
}

/** The certificates from the issuing one upwards, each signed by the next. */
function orderChain(
  issuing: AuthorityCertificate,
  certificates: AuthorityCertificate[],
): AuthorityCertificate[] {
  const chain = [issuing]
  const rest = new Set(certificates)
  rest.delete(issuing)
  for (let last = issuing; !last.isSelfSigned; ) {
    const { x509 } = last
    const parent = [...rest].find((each) => x509.checkIssued(each.x509) && x509.verify(each.x509.publicKey))
    if (parent === undefined) break
    chain.push(parent)
    rest.delete(parent)
    last = parent
  }
  const [stray] = rest
  if (stray === undefined) return chain
  throw refusal(
    'certificate',
    'certificate_unrelated',
    `${title(stray)} is not part of the chain above the signing certificate.`,
  )
}

/** Node's types promise a subject, but an empty one is undefined. */
const subjectText = (x509: X509Certificate): string =>
  (x509.subject as string | undefined)?.replaceAll('\n', ', ') ?? 'nobody'
const title = ({ x509 }: AuthorityCertificate): string => `The certificate of ${subjectText(x509)}`

function refusal(
  path: 'certificate' | 'privateKey',
  reason: string,
  ...[message, cause]: [string, unknown?]
): AppError {
  return new AppError('invalid', message, { cause, fields: [{ path, message }], detail: { reason } })
}
