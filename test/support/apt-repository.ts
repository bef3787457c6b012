import { expect } from 'vitest'
import { type ChangesParts, packChanges } from '@/scripts/demo/pack-changes'
import type { BuiltFile } from '@/test/support/debs'

/** Where Debian repositories are served, and somebody who may do everything with them. */
export interface AptPlace {
  /** `http://127.0.0.1:8080` */
  origin: string
  token: string
  /** A call of the admin API: `/apt/repositories`. */
  call(
    path: string,
    options?: { method?: string; json?: unknown; body?: Buffer; type?: string },
  ): Promise<Response>
}

export interface TestRepository {
  name: string
  /** `http://127.0.0.1:8080/apt/<name>` */
  url: string
  place: AptPlace
  /** Below the repository; for a file that must be there. */
  fetch(path: string): Promise<Buffer>
  text(path: string): Promise<string>
  /** Armored public keys of all that sign. */
  key(): Promise<string>
  /** Each package by itself. */
  add(branch: string, ...files: BuiltFile[]): Promise<void>
  /** As dput does it: the files, then the .changes, which is answered. */
  upload(branch: string, upload: Omit<ChangesParts, 'distribution'>): Promise<Response>
  put(branch: string, file: BuiltFile): Promise<Response>
  dmove(move: { package: string; version: string; from: string; to: string }): Promise<Response>
  /** `POST`, `PATCH` … below `/apt/repositories/<name>`; for what must succeed. */
  change<Result>(method: string, path: string, json?: unknown): Promise<Result>
}

export interface RepositoryInput {
  name: string
  components?: string[]
  architectures?: string[]
  branches?: (string | Record<string, unknown>)[]
  [setting: string]: unknown
}

/** Makes a repository; it signs with a key of its own. */
export async function createAptRepository(place: AptPlace, input: RepositoryInput): Promise<TestRepository> {
  const json = {
    components: ['main'],
    architectures: ['amd64'],
    branches: ['unstable', 'testing', 'stable'],
    signaturePolicy: 'off',
    ...input,
  }
  const made = await place.call('/apt/repositories', { json })
  expect([made.status, made.status === 201 || (await made.text())]).toEqual([201, true])
  return aptRepositoryAt(place, input.name)
}

/** A repository that there is, as it is reached at this place. */
export function aptRepositoryAt(place: AptPlace, name: string): TestRepository {
  const url = `${place.origin}/apt/${name}`
  const authorization = `Basic ${Buffer.from(`test:${place.token}`).toString('base64')}`
  const fetchFile = async (path: string) => {
    const answer = await fetch(`${url}/${path}`)
    expect([path, answer.status]).toEqual([path, 200])
    return Buffer.from(await answer.arrayBuffer())
  }
  const put = (branch: string, { file, bytes }: BuiltFile) =>
    fetch(`${place.origin}/upload/${name}/${branch}/${encodeURIComponent(file)}`, {
      ...{ method: 'PUT', headers: { authorization }, body: new Uint8Array(bytes) },
    })
  return {
    ...{ name, url, place, put, fetch: fetchFile },
    text: async (path) => (await fetchFile(path)).toString('utf8'),
    key: async () => (await fetchFile('key.asc')).toString('utf8'),
    async add(branch, ...files) {
      for (const { file, bytes } of files) {
        const answer = await place.call(`/apt/repositories/${name}/packages?branch=${branch}`, {
          ...{ body: bytes, type: 'application/vnd.debian.binary-package' },
        })
        expect([file, answer.status, answer.ok || (await answer.text())]).toEqual([file, answer.status, true])
      }
    },
    async upload(branch, upload) {
      for (const file of upload.files)
        expect([file.file, (await put(branch, file)).status]).toEqual([file.file, 201])
      return put(branch, packChanges({ ...upload, distribution: branch }))
    },
    dmove: (move) =>
      fetch(`${place.origin}/dmove`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ repo: name, ...move }),
      }),
    async change<Result>(method: string, path: string, body?: unknown) {
      const answer = await place.call(`/apt/repositories/${name}${path}`, { method, json: body })
      const text = await answer.text()
      expect([method, path, answer.ok || text]).toEqual([method, path, true])
      return JSON.parse(text) as Result
    },
  }
}

/** A source of apt's in one line. */
export function sourceLine(
  { url }: Pick<TestRepository, 'url'>,
  { type = 'deb', keyFile, rest }: { type?: 'deb' | 'deb-src'; keyFile: string; rest: string },
): string {
  return `${type} [signed-by=${keyFile}] ${url} ${rest}`
}

export type Stanza = Record<string, string>

/** Stanzas of Packages or Sources by field; further lines of a field keep their newlines. */
export function stanzasOf(text: string): Stanza[] {
  const paragraphs = text.split(/\n{2,}/).filter((one) => one.trim() !== '')
  return paragraphs.map((paragraph) =>
    Object.fromEntries(
      paragraph
        .trimEnd()
        .split(/\n(?![ \t])/)
        .map((field) => {
          const colon = field.indexOf(':')
          return [field.slice(0, colon), field.slice(colon + 1).trim()]
        }),
    ),
  )
}
