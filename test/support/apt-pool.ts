import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type AptPlace, createAptRepository, type TestRepository } from '@/test/support/apt-repository'
import { type BuiltFile, buildDeb, buildSource } from '@/test/support/debs'

const version = '1:2.10~rc1+b1-3'
const files = { 'usr/bin/hello': '#!/bin/sh\necho hello\n' }
const description = 'greets whoever asks\nIt says hello, in many words.'
const debs = [
  buildDeb({ name: 'hello++', version, source: 'hello', depends: 'hello-data', files, description }),
  buildDeb({ name: 'hello++', version, source: 'hello', architecture: 'arm64', depends: 'hello-data' }),
  buildDeb({
    ...{ name: 'hello-data', version, source: 'hello', architecture: 'all' },
    files: { 'usr/share/hello/some words': 'hello\n' },
  }),
  // By its name debootstrap takes it for the one package that every system has.
  buildDeb({ name: 'apt', depends: 'hello++' }),
]
const installer = buildDeb({
  ...{ name: 'hello-udeb', version, source: 'hello', type: 'udeb', section: 'debian-installer' },
})
const source = buildSource({
  ...{ name: 'hello', version, binaries: ['hello++', 'hello-data'], buildDepends: 'apt' },
})

export interface FilledPool {
  of: TestRepository
  /** Version of the source and of what it makes. */
  version: string
  /** SHA-256 of all files of the pool, by name. */
  pool: Record<string, string>
}

/** A repository with a source, packages of two architectures and for all, and a udeb; names and version have what URLs quote. */
export async function fillPool(place: AptPlace, name: string): Promise<FilledPool> {
  const of = await createAptRepository(place, {
    ...{ name, components: ['main', 'contrib'], architectures: ['amd64', 'arm64'] },
  })
  await of.add('unstable', ...debs, installer)
  const built = [source.dsc, ...source.tarballs]
  const sent = await of.upload('unstable', { source: 'hello', version, files: built })
  expect([sent.status, await sent.text()]).toEqual([201, expect.stringContaining('Accepted')])
  return { of, version, pool: digestsOf([...debs, installer, ...built]) }
}

const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

const digestsOf = (built: readonly BuiltFile[]) =>
  Object.fromEntries(built.map(({ file, bytes }) => [file, digestOf(bytes)]))

/** SHA-256 of all packages below a directory, by the name of their files. */
export async function poolBelow(directory: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(u?deb|dsc|tar\.gz)$/.test(entry.name)) continue
    found[entry.name] = digestOf(await readFile(join(entry.parentPath, entry.name)))
  }
  return found
}
