import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import type { Context } from '@/server/context'
import { stanzasOf, type TestRepository } from '@/test/support/apt-repository'
import { verifyWithGpgv } from '@/test/support/gpg'

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

/** Reads all that a quiet repository publishes, and fails at the first thing that does not fit the rest. */
export class RepositoryReader {
  readonly #of: TestRepository
  /** Paths of the pool whose bytes were looked at: what a path means never changes. */
  readonly #pool = new Map<string, string>()

  constructor(of: TestRepository) {
    this.#of = of
  }

  /** The signature, every file of the Release by its name and its hash, and every package in them. @returns `name version architecture` */
  async readBranch(branch: string): Promise<string[]> {
    const of = this.#of
    const base = `dists/${branch}`
    const [inRelease, release, detached, key] = await Promise.all([
      ...[of.text(`${base}/InRelease`), of.text(`${base}/Release`), of.text(`${base}/Release.gpg`)],
      of.fetch('key.gpg'),
    ] as const)
    for (const { status, stderr } of await verifyWithGpgv({ inRelease, release, detached, key })) {
      expect([branch, status, stderr]).toEqual([branch, 0, stderr])
    }
    expect(inRelease).toContain(release.trimEnd())
    const [fields] = stanzasOf(release)
    const files = (fields?.SHA256 ?? '').split('\n').map((line) => line.trim().split(/\s+/))
    expect(files.length).toBeGreaterThan(3)
    const found = await Promise.all(
      files.map(async ([hex = '', size = '', path = '']) => {
        const directory = path.includes('/') ? `${path.slice(0, path.lastIndexOf('/'))}/` : ''
        const names = [path, `${directory}by-hash/SHA256/${hex}`]
        const bodies = await Promise.all(names.map((name) => of.fetch(`${base}/${name}`)))
        const said = bodies.map((bytes, index) => [names[index], bytes.length, sha256(bytes)])
        expect([branch, said]).toEqual([branch, names.map((name) => [name, Number(size), hex])])
        const [index = Buffer.alloc(0)] = bodies
        return /\/(Packages|Sources)$/.test(path) ? this.#packages(index) : []
      }),
    )
    return [...new Set(found.flat())].sort()
  }

  async #packages(index: Buffer): Promise<string[]> {
    const names: string[] = []
    for (const stanza of stanzasOf(index.toString('utf8'))) {
      const { Package: name = '', Version: version = '', Architecture: architecture = '' } = stanza
      names.push(`${name} ${version} ${stanza.Filename === undefined ? 'source' : architecture}`)
      for (const [path, hex] of filesOf(stanza)) {
        if (!this.#pool.has(path)) this.#pool.set(path, sha256(await this.#of.fetch(path)))
        expect([path, this.#pool.get(path)]).toEqual([path, hex])
      }
    }
    return names
  }
}

function filesOf(stanza: Record<string, string>): [path: string, sha256: string][] {
  if (stanza.Filename !== undefined) return [[stanza.Filename, stanza.SHA256 ?? '']]
  const lines = (stanza['Checksums-Sha256'] ?? '').split('\n').map((line) => line.trim().split(/\s+/))
  return lines.map(([hex = '', , name = '']) => [`${stanza.Directory}/${name}`, hex])
}

/** What is in each branch by the database: `name version architecture`; of packages in no branch under ''. */
async function placedPackages(ctx: Context, repository: string): Promise<Map<string, string[]>> {
  const { rows } = await ctx.pool.query<{ branch: string; package: string }>(
    `SELECT coalesce(b.name, '') AS branch, concat_ws(' ', k.name, k.version, k.architecture) AS package
     FROM apt_packages k JOIN apt_repositories r ON r.id = k.repository_id AND r.name = $1
       LEFT JOIN apt_placements p ON p.package_id = k.id LEFT JOIN apt_branches b ON b.id = p.branch_id`,
    [repository],
  )
  const placed = new Map<string, string[]>()
  for (const row of rows) placed.set(row.branch, [...(placed.get(row.branch) ?? []), row.package])
  return placed
}

/**
 * Every package is in exactly one branch, and each branch shows what is in it.
 * @returns the branch of each package.
 */
export async function expectWhole(
  ctx: Context,
  of: TestRepository,
  reader: RepositoryReader,
  branches: readonly string[],
): Promise<Map<string, string>> {
  const placed = await placedPackages(ctx, of.name)
  expect(placed.get('') ?? []).toEqual([])
  const home = new Map<string, string>()
  const shown = await Promise.all(branches.map((branch) => reader.readBranch(branch)))
  for (const [index, branch] of branches.entries()) {
    const inside = [...(placed.get(branch) ?? [])].sort()
    expect([branch, shown[index]]).toEqual([branch, inside])
    for (const one of inside) {
      expect([one, home.get(one)]).toEqual([one, undefined])
      home.set(one, branch)
    }
  }
  return home
}
