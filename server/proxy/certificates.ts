import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto'
import { promisify } from 'node:util'
import forge from 'node-forge'
import { AppError } from '@/server/errors'
import { DerTag, readDer, readDerValues } from '@/server/proxy/der'
import type { HostName } from '@/server/proxy/host-name'

/*
 * X.509 v3 certificates (RFC 5280 §4) out of node-forge's ASN.1 writer. Keys and signatures are node:crypto's, and
 * nothing here parses: what comes from outside is read by node:crypto and server/proxy/der.
 */

const { asn1 } = forge
const { Class, Type } = asn1
type Asn1 = forge.asn1.Asn1

export interface Validity {
  notBefore: Date
  notAfter: Date
}

/** All that a certificate states, and the key that vouches for it. */
interface CertificateContents {
  /** DER Name, byte for byte the subject of the issuing certificate (RFC 5280 §7.1). */
  issuer: Buffer
  /** DER Name. */
  subject: Buffer
  validity: Validity
  /** DER SubjectPublicKeyInfo. */
  publicKey: Buffer
  extensions: Asn1[]
}

/** Digest and X.509 identifier per kind of signing key. */
const signatureAlgorithms: Record<string, { digest: string; oid: string }> = {
  rsa: { digest: 'sha256', oid: '1.2.840.113549.1.1.11' },
  prime256v1: { digest: 'sha256', oid: '1.2.840.10045.4.3.2' },
  secp384r1: { digest: 'sha384', oid: '1.2.840.10045.4.3.3' },
  secp521r1: { digest: 'sha512', oid: '1.2.840.10045.4.3.4' },
}

/** Whether certificates can be signed with this key so that common TLS clients accept them. */
export function canSignCertificates(key: KeyObject): boolean {
  return signatureAlgorithm(key) !== undefined
}

function signatureAlgorithm(key: KeyObject): { digest: string; oid: string } | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  return signatureAlgorithms[(type === 'ec' ? details?.namedCurve : type) ?? '']
}

/**
 * The certificate in DER, signed with the digest that fits the signer's key, under a fresh random serial number.
 * RSA signs on the thread pool, where it takes a millisecond; EC signs at once, being cheaper than the hop.
 */
export async function signCertificate(contents: CertificateContents, signer: KeyObject): Promise<Buffer> {
  const algorithm = signatureAlgorithm(signer)
  if (algorithm === undefined) {
    throw new AppError('internal', `A key of type ${signer.asymmetricKeyType} cannot sign certificates.`)
  }
  // RFC 4055 §5 wants NULL parameters with RSA, RFC 5758 §3.2 none with ECDSA.
  const parameters = signer.asymmetricKeyType === 'rsa' ? [primitive(Type.NULL, '')] : []
  const identifier = sequence(oid(algorithm.oid), ...parameters)
  const body = toBeSigned(contents, identifier)
  const signature = await signBytes(toDer(body), algorithm.digest, signer)
  return toDer(sequence(body, identifier, bitString(signature)))
}

const signOnThreadPool = promisify(sign)

async function signBytes(bytes: Buffer, digest: string, key: KeyObject): Promise<Buffer> {
  return key.asymmetricKeyType === 'rsa' ? signOnThreadPool(digest, bytes, key) : sign(digest, bytes, key)
}

function toBeSigned(contents: CertificateContents, algorithm: Asn1): Asn1 {
  const { notBefore, notAfter } = contents.validity
  return sequence(
    context(0, [primitive(Type.INTEGER, '\x02')]),
    primitive(Type.INTEGER, binary(serialNumber())),
    algorithm,
    embedded(contents.issuer),
    sequence(time(notBefore), time(notAfter)),
    embedded(contents.subject),
    embedded(contents.publicKey),
    context(3, [sequence(...contents.extensions)]),
  )
}

/** RFC 5280 §4.1.2.2: positive and at most 20 octets. Here 16, of which 126 bits are random. */
function serialNumber(): Buffer {
  const serial = randomBytes(16)
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40)
  return serial
}

/** DER Name of an organisation (left out when empty) and a common name; both empty give the empty Name. */
export function distinguishedName(name: { commonName: string; organisation: string }): Buffer {
  const attribute = (type: string, value: string) =>
    setOf(sequence(oid(type), primitive(Type.UTF8, binary(Buffer.from(value)))))
  const attributes = [
    ...(name.organisation === '' ? [] : [attribute('2.5.4.10', name.organisation)]),
    ...(name.commonName === '' ? [] : [attribute('2.5.4.3', name.commonName)]),
  ]
  return toDer(sequence(...attributes))
}

/** The key identifier of RFC 7093 §2 method 1 (the first 160 bits of SHA-256), which needs no SHA-1. */
export function keyIdentifier(publicKey: Buffer): Buffer {
  const bits = readDerValues(readDer(publicKey).contents).find((value) => value.tag === DerTag.bitString)
  if (bits === undefined) throw new AppError('internal', 'The public key holds no key bits.')
  return createHash('sha256').update(bits.contents.subarray(1)).digest().subarray(0, 20)
}

/** RFC 5280 §4.2.1.9, critical. An authority may sign leaves only: its path length is 0. */
export const authorityConstraints = (): Asn1 =>
  criticalExtension('2.5.29.19', sequence(boolean(), primitive(Type.INTEGER, '\0')))

/** RFC 5280 §4.2.1.9, critical: not an authority, said by leaving the default out. */
export const leafConstraints = (): Asn1 => criticalExtension('2.5.29.19', sequence())

/** RFC 5280 §4.2.1.3, critical: keyCertSign and cRLSign. */
export const authorityKeyUsage = (): Asn1 =>
  criticalExtension('2.5.29.15', primitive(Type.BITSTRING, '\x01\x06'))

/** RFC 5280 §4.2.1.3, critical: digitalSignature, all that an EC key does in TLS. */
export const leafKeyUsage = (): Asn1 => criticalExtension('2.5.29.15', primitive(Type.BITSTRING, '\x07\x80'))

/** RFC 5280 §4.2.1.12: TLS servers. */
export const serverAuthentication = (): Asn1 =>
  plainExtension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1')))

/** RFC 5280 §4.2.1.2. */
export const subjectKeyIdentifier = (identifier: Buffer): Asn1 =>
  plainExtension('2.5.29.14', primitive(Type.OCTETSTRING, binary(identifier)))

/** RFC 5280 §4.2.1.1: byte for byte the issuer's subject key identifier. */
export const authorityKeyIdentifier = (identifier: Buffer): Asn1 =>
  plainExtension('2.5.29.35', sequence(context(0, binary(identifier))))

/** RFC 5280 §4.2.1.6, critical because our leaves have an empty subject. */
export function subjectAlternativeName(names: HostName[]): Asn1 {
  const entries = names.map((host) =>
    host.kind === 'dns' ? context(2, host.name) : context(7, binary(host.octets)),
  )
  return criticalExtension('2.5.29.17', sequence(...entries))
}

/** RFC 7468 text of a certificate, ending in a line break. */
export function certificatePem(der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

const criticalExtension = (type: string, value: Asn1): Asn1 => sequence(oid(type), boolean(), wrapped(value))
const plainExtension = (type: string, value: Asn1): Asn1 => sequence(oid(type), wrapped(value))

function time(date: Date): Asn1 {
  // RFC 5280 §4.1.2.5 wants GeneralizedTime from 2050 on, and UTCTime before.
  return date.getUTCFullYear() < 2050
    ? primitive(Type.UTCTIME, asn1.dateToUtcTime(date))
    : primitive(Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(date))
}

const binary = (bytes: Buffer): string => bytes.toString('latin1')
const toDer = (node: Asn1): Buffer => Buffer.from(asn1.toDer(node).getBytes(), 'latin1')
const primitive = (type: forge.asn1.Type, value: string): Asn1 =>
  asn1.create(Class.UNIVERSAL, type, false, value)
const boolean = (): Asn1 => primitive(Type.BOOLEAN, '\xff')
const oid = (dotted: string): Asn1 => primitive(Type.OID, asn1.oidToDer(dotted).getBytes())
const wrapped = (value: Asn1): Asn1 => primitive(Type.OCTETSTRING, binary(toDer(value)))
const bitString = (bytes: Buffer): Asn1 => primitive(Type.BITSTRING, `\0${binary(bytes)}`)
const sequence = (...parts: Asn1[]): Asn1 => asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, parts)
const setOf = (...parts: Asn1[]): Asn1 => asn1.create(Class.UNIVERSAL, Type.SET, true, parts)
const context = (tag: number, value: string | Asn1[]): Asn1 =>
  asn1.create(Class.CONTEXT_SPECIFIC, tag, typeof value !== 'string', value)

/** A SEQUENCE that is already DER, taken in as it is: to node-forge a primitive that has the constructed bit in its tag. */
const embedded = (der: Buffer): Asn1 => primitive(Type.SEQUENCE | 0x20, binary(readDer(der).contents))
