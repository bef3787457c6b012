import { AppError } from '@/server/errors'
import { DerTag, type DerValue, readDer, readDerValues } from '@/server/proxy/der'

/** What node:crypto's X509Certificate does not tell of a certificate. */
export interface CertificateFacts {
  /** DER Name, byte for byte. */
  subject: Buffer
  signatureIsStrong: boolean
  basicConstraints: { critical: boolean; authority: boolean; pathLength: number | undefined } | undefined
  /** The first octet of the KeyUsage bits (RFC 5280 §4.2.1.3): 0x80 digitalSignature … 0x04 keyCertSign. */
  keyUsage: number | undefined
  subjectKeyIdentifier: Buffer | undefined
  hasAuthorityKeyIdentifier: boolean
}

/** Object identifiers as the hexadecimal of their DER contents: they are compared, never shown. */
const oids = {
  subjectKeyIdentifier: '551d0e',
  keyUsage: '551d0f',
  basicConstraints: '551d13',
  authorityKeyIdentifier: '551d23',
  rsaPss: '2a864886f70d01010a',
} as const

/** RSA with SHA-256, -384, -512; ECDSA with the same; Ed25519. */
const strongSignatures = new Set([
  ...['2a864886f70d01010b', '2a864886f70d01010c', '2a864886f70d01010d'],
  ...['2a8648ce3d040302', '2a8648ce3d040303', '2a8648ce3d040304'],
  '2b6570',
])

/** How the identifiers of SHA-256, -384 and -512 begin; one more octet tells them apart. */
const SHA2_ARC = Buffer.from('06096086480165030402', 'hex')

/**
 * The facts of a DER certificate (RFC 5280 §4.1).
 *
 * @throws AppError `invalid` when it is not strict DER or not a certificate.
 */
export function readCertificateFacts(der: Buffer): CertificateFacts {
  const [body, algorithm] = readDerValues(readDer(der).contents)
  const fields = readDerValues(part(body, DerTag.sequence).contents)
  const afterVersion = fields[0]?.tag === DerTag.integer ? 0 : 1
  const extensions = readExtensions(fields.find((field) => field.tag === DerTag.extensions))
  return {
    subject: part(fields[afterVersion + 4], DerTag.sequence).encoded,
    signatureIsStrong: isStrong(part(algorithm, DerTag.sequence)),
    basicConstraints: readBasicConstraints(extensions.get(oids.basicConstraints)),
    keyUsage: readKeyUsage(extensions.get(oids.keyUsage)),
    subjectKeyIdentifier: readKeyIdentifier(extensions.get(oids.subjectKeyIdentifier)),
    hasAuthorityKeyIdentifier: extensions.has(oids.authorityKeyIdentifier),
  }
}

interface RawExtension {
  critical: boolean
  value: Buffer
}

function readExtensions(field: DerValue | undefined): Map<string, RawExtension> {
  const entries = field === undefined ? [] : readDerValues(readDer(field.contents).contents)
  return new Map(
    entries.map((entry) => {
      const parts = readDerValues(entry.contents)
      const value = part(parts.at(-1), DerTag.octetString).contents
      const critical = parts[1]?.tag === DerTag.boolean && parts[1].contents[0] === 0xff
      return [part(parts[0], DerTag.oid).contents.toString('hex'), { critical, value }]
    }),
  )
}

function readBasicConstraints(extension: RawExtension | undefined): CertificateFacts['basicConstraints'] {
  if (extension === undefined) return undefined
  const parts = readDerValues(part(readDer(extension.value), DerTag.sequence).contents)
  const limit = parts.find((value) => value.tag === DerTag.integer)?.contents
  return {
    critical: extension.critical,
    authority: parts[0]?.tag === DerTag.boolean && parts[0].contents[0] === 0xff,
    // Beyond one octet the limit is longer than any chain; a negative one forbids, as 0 does.
    pathLength: limit?.length === 1 ? Math.max(0, limit.readInt8()) : undefined,
  }
}

function readKeyUsage(extension: RawExtension | undefined): number | undefined {
  if (extension === undefined) return undefined
  return part(readDer(extension.value), DerTag.bitString).contents[1] ?? 0
}

function readKeyIdentifier(extension: RawExtension | undefined): Buffer | undefined {
  if (extension === undefined) return undefined
  return part(readDer(extension.value), DerTag.octetString).contents
}

function isStrong(algorithm: DerValue): boolean {
  const oid = part(readDerValues(algorithm.contents)[0], DerTag.oid).contents.toString('hex')
  // RSA-PSS names its digest in the parameters, and means SHA-1 when it names none.
  return oid === oids.rsaPss ? algorithm.contents.includes(SHA2_ARC) : strongSignatures.has(oid)
}

function part(value: DerValue | undefined, tag: number): DerValue {
  if (value?.tag !== tag) throw new AppError('invalid', 'The bytes are not an X.509 certificate.')
  return value
}
