import { createHash } from 'node:crypto'
import type { NewPackage } from '@/server/apt/packages/new-package'
import type { Context } from '@/server/context'

interface Given {
  name: string
  version?: string
  architecture?: string
  component?: string
  type?: NewPackage['type']
  source?: string
  description?: string | null
  paths?: string[]
  /** What its one file has, for tests that ask for its bytes. */
  content?: string
  provides?: string[]
  dependsOn?: string[]
  fields?: string
}

const hex = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex')

/** A package as reading one gives it, whose one file has a few bytes. */
export function newPackage(given: Given): NewPackage {
  const { name, version = '1.0', type = 'deb', component = 'main', source = name } = given
  const architecture = type === 'source' ? 'source' : (given.architecture ?? 'amd64')
  const content = given.content ?? `${name} ${version} ${architecture}`
  const file = type === 'source' ? `${name}_${version}.dsc` : `${name}_${version}_${architecture}.${type}`
  const path = `pool/${component}/${name[0]}/${source}/${file}`
  const summary = `The package ${name}`
  const description = given.description === undefined ? ` It is for tests.` : given.description
  const full = `${summary}${description === null ? '' : `\n${description}`}\n`
  const sums = { sha256: hex('sha256', content), sha1: hex('sha1', content), md5: hex('md5', content) }
  const described = type === 'source' ? '' : `Description: ${summary}\nDescription-md5: ${hex('md5', full)}\n`
  const stanza =
    type === 'source'
      ? `Package: ${name}\nFormat: 3.0 (native)\nVersion: ${version}\nArchitecture: any\nDirectory: ${path.slice(0, path.lastIndexOf('/'))}\nChecksums-Sha256:\n ${sums.sha256} ${content.length} ${file}\nFiles:\n ${sums.md5} ${content.length} ${file}\n`
      : `Package: ${name}\nSource: ${source}\nVersion: ${version}\nArchitecture: ${architecture}\nMaintainer: Tests <tests@example.org>\n${given.fields ?? ''}Filename: ${path}\nSize: ${content.length}\nMD5sum: ${sums.md5}\nSHA256: ${sums.sha256}\n${described}`
  const paths = given.paths ?? [`usr/share/doc/${name}/copyright`]
  return {
    ...{ type, name, version, architecture, sourceName: source, sourceVersion: version, component },
    ...{ section: 'misc', priority: 'optional', maintainer: 'Tests <tests@example.org>', summary },
    ...{ description, descriptionMd5: type === 'source' ? null : hex('md5', full), stanza, changelog: null },
    contents: type === 'source' ? null : paths.map((one) => `${one}\tmisc/${name}\n`).join(''),
    ...{ provides: given.provides ?? [], dependsOn: given.dependsOn ?? [] },
    files: [{ path, size: content.length, ...sums }],
  }
}

/** Writes the blob rows that packages need; their bytes are nowhere. */
export async function recordFiles(ctx: Context, packages: readonly NewPackage[]): Promise<void> {
  const data = packages.flatMap(({ files }) =>
    files.map(({ sha256, size }) => ({ sha256, size: BigInt(size) })),
  )
  await ctx.db.blob.createMany({ data, skipDuplicates: true })
}
