import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createCleartextMessage, type PrivateKey, sign } from 'openpgp'
import { afterAll } from 'vitest'
import type { BuiltDeb, BuiltSource } from '@/test/support/debs'

export const hex = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest('hex')

/** A directory with these files, removed after the test file. */
export async function directoryOf(files: Record<string, Buffer | string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'entrepot-other-'))
  afterAll(() => rm(directory, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), content)
  }
  return directory
}

interface Others {
  debs: readonly BuiltDeb[]
  sources?: readonly BuiltSource[]
  /** Signs InRelease; without one there is a Release. */
  key?: PrivateKey
  /** Changes the text of Packages. */
  edit?: (packages: string) => string
  /** Changes the text of Sources. */
  editSources?: (sources: string) => string
  /** More fields of Release, each a line. */
  releaseFields?: string
}

/** The files of a repository with one distribution, `stable`, as another tool publishes it. */
export async function otherRepository({ debs, sources = [], key, ...edits }: Others) {
  const { edit = (text) => text, editSources = (text) => text, releaseFields = '' } = edits
  const pool = Object.fromEntries(
    [...debs, ...sources.flatMap(({ dsc, tarballs }) => [dsc, ...tarballs])].map(({ file, bytes }) => [
      `pool/${file}`,
      bytes,
    ]),
  )
  const packages = edit(debs.map(stanzaOf).join('\n'))
  const indexes = {
    'main/binary-amd64/Packages.gz': gzipSync(packages),
    'main/source/Sources': Buffer.from(editSources(sources.map(sourceStanzaOf).join('\n'))),
  }
  const listed = Object.entries(indexes).map(
    ([path, bytes]) => ` ${hex('sha256', bytes)} ${bytes.length} ${path}\n`,
  )
  const release = `Suite: stable\nCodename: stable\nArchitectures: amd64\nComponents: main\n${releaseFields}SHA256:\n${listed.join('')}`
  const message = await createCleartextMessage({ text: release })
  return {
    ...pool,
    ...Object.fromEntries(Object.entries(indexes).map(([path, bytes]) => [`dists/stable/${path}`, bytes])),
    ...(key === undefined
      ? { 'dists/stable/Release': release }
      : { 'dists/stable/InRelease': await sign({ message, signingKeys: key }) }),
  } as Record<string, Buffer | string>
}

function stanzaOf({ file, bytes, control }: BuiltDeb): string {
  const sums = `MD5sum: ${hex('md5', bytes)}\nSHA1: ${hex('sha1', bytes)}\nSHA256: ${hex('sha256', bytes)}\n`
  return `${control}Filename: ./pool/${file}\nSize: ${bytes.length}\n${sums}`
}

function sourceStanzaOf({ dsc, tarballs }: BuiltSource): string {
  const files = [dsc, ...tarballs]
  const list = (algorithm: string) =>
    files.map(({ file, bytes }) => `\n ${hex(algorithm, bytes)} ${bytes.length} ${file}`).join('')
  const name = dsc.file.slice(0, dsc.file.indexOf('_'))
  return `Package: ${name}\nVersion: 1.0\nDirectory: pool\nSection: net\nPriority: extra\nFiles:${list('md5')}\nChecksums-Sha256:${list('sha256')}\n`
}

/** Serves a directory on loopback. @returns its URL, and what was asked for. */
export async function serveDirectory(directory: string): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(request.url ?? '/'))
    asked.push(path)
    readFile(join(directory, path)).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => new Promise((resolve) => server.close(resolve)))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}
