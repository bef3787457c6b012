import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { createCleartextMessage, generateKey, type PrivateKey, sign } from 'openpgp'
import type { UploadAnswerer } from '@/server/apt/uploads/answer-upload'
import type { Incoming } from '@/server/http/incoming'
import type { BuiltFile } from '@/test/support/debs'

export interface ChangesInput {
  source: string
  version: string
  distribution?: string
  architectures?: string[]
  binaries?: string[]
  files: readonly BuiltFile[]
  /** Of every file. */
  section?: string
}

/** The .changes of an upload, as dpkg-genchanges writes it, not signed. */
export function buildChanges(input: ChangesInput): BuiltFile {
  const {
    source,
    version,
    files,
    distribution = 'unstable',
    architectures = ['amd64'],
    section = 'misc',
  } = input
  const hex = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest('hex')
  const list = (algorithm: string, between = '') =>
    files.map(({ file, bytes }) => `\n ${hex(algorithm, bytes)} ${bytes.length} ${between}${file}`).join('')
  const text = [
    'Format: 1.8',
    'Date: Tue, 14 Nov 2023 22:13:20 +0000',
    `Source: ${source}`,
    `Binary: ${(input.binaries ?? [source]).join(' ')}`,
    `Architecture: ${architectures.join(' ')}`,
    `Version: ${version}`,
    `Distribution: ${distribution}`,
    'Urgency: medium',
    'Maintainer: Entrepôt Tests <tests@example.org>',
    'Changed-By: Entrepôt Tests <tests@example.org>',
    `Description:\n ${source} - made for tests`,
    `Changes:\n ${source} (${version}) ${distribution}; urgency=medium\n .\n   * For tests.`,
    `Checksums-Sha1:${list('sha1')}`,
    `Checksums-Sha256:${list('sha256')}`,
    `Files:${list('md5', `${section} optional `)}`,
    '',
  ].join('\n')
  const short = version.replace(/^\d+:/, '')
  return { file: `${source}_${short}_${architectures.at(-1)}.changes`, bytes: Buffer.from(text) }
}

/** The same file with a cleartext signature around it. */
export async function clearsigned({ file, bytes }: BuiltFile, key: PrivateKey): Promise<BuiltFile> {
  const message = await createCleartextMessage({ text: bytes.toString() })
  return { file, bytes: Buffer.from(await sign({ message, signingKeys: key })) }
}

/** A key of somebody, and how an uploader's row has it. */
export async function someone(name: string) {
  const { privateKey, publicKey } = await generateKey({
    ...{ userIDs: { name, email: `${name}@example.org` }, type: 'curve25519', format: 'object' },
  })
  return {
    key: privateKey,
    publicKey: publicKey.armor(),
    fingerprint: publicKey.getFingerprint().toUpperCase(),
  }
}

export interface Told {
  status: number
  reason: string | undefined
  text: string
  headers: Headers
}

/** Sends one file as dput does, but for the socket. */
export async function put(
  answerer: UploadAnswerer,
  token: string | undefined,
  path: string,
  { file, bytes }: BuiltFile,
  method = 'PUT',
): Promise<Told> {
  const authorization = token && `Basic ${Buffer.from(`someone:${token}`).toString('base64')}`
  const asked: Incoming = {
    method,
    target: `/upload/${path}/${file}`,
    fields: { contentLength: String(bytes.length), ...(authorization && { authorization }) },
    body: () => Readable.from([bytes]),
    address: () => '127.0.0.1',
  }
  const { status, reason, body, headers } = await answerer.answer(asked)
  const pairs: [string, string][] = []
  for (let index = 0; index < headers.length; index += 2)
    pairs.push([headers[index] as string, headers[index + 1] as string])
  return { status, reason, text: Buffer.isBuffer(body) ? body.toString() : '', headers: new Headers(pairs) }
}
