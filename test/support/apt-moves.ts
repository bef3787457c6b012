import { parseProvides, parseRelations } from '@/server/apt/format/relation'
import type { NewPackage } from '@/server/apt/packages/new-package'
import type { Context } from '@/server/context'
import { newPackage } from '@/test/support/apt-packages'
import { addToBranch, createRepositoryRows } from '@/test/support/apt-repository-rows'

interface Related {
  architecture?: string
  source?: string
  type?: NewPackage['type']
  depends?: string
  preDepends?: string
  provides?: string
  multiArch?: string
}

/** A package such as `hello 1.0`, with relations as its control file writes them. */
export function related(named: string, given: Related = {}): NewPackage {
  const [name = '', version = '1.0'] = named.split(' ')
  const { depends = '', preDepends = '', provides = '', multiArch, ...rest } = given
  const fields = [
    ...(multiArch === undefined ? [] : [`Multi-Arch: ${multiArch}\n`]),
    ...(provides === '' ? [] : [`Provides: ${provides}\n`]),
    ...(preDepends === '' ? [] : [`Pre-Depends: ${preDepends}\n`]),
    ...(depends === '' ? [] : [`Depends: ${depends}\n`]),
  ].join('')
  const needed = [...parseRelations(preDepends), ...parseRelations(depends)].flat()
  return newPackage({
    ...{ name, version, ...rest, fields },
    provides: parseProvides(provides).map((one) => one.name),
    dependsOn: [...new Set(needed.map((one) => one.name))],
  })
}

/** A source with binaries of two architectures and one for all. */
export function build(named: string): NewPackage[] {
  const [source = '', version = '1.0'] = named.split(' ')
  return [
    newPackage({ name: source, version, source, architecture: 'amd64' }),
    newPackage({ name: source, version, source, architecture: 'arm64' }),
    newPackage({ name: `${source}-data`, version, source, architecture: 'all' }),
    newPackage({ name: source, version, source, type: 'source' }),
  ]
}

export interface Shelf {
  id: string
  name: string
  /** Adds packages to a branch. */
  add(branch: string, ...packages: NewPackage[]): Promise<bigint[]>
  /** What a branch has: `hello 1.0 amd64`, sorted. */
  has(branch: string): Promise<string[]>
  /** Changes the settings of a branch. */
  set(branch: string, settings: { keepVersions?: number; approvalRequired?: boolean }): Promise<void>
}

/** A repository with branches, a key and the names that tests ask for. */
export async function createShelf(ctx: Context, name: string, branches?: string[]): Promise<Shelf> {
  const repository = await createRepositoryRows(ctx, {
    ...{ name, architectures: ['amd64', 'arm64'], contents: false, flatLayout: false },
    ...(branches !== undefined && { branches }),
  })
  const { id } = repository
  return {
    id,
    name,
    add: (branch, ...packages) => addToBranch(ctx, repository, branch, packages),
    async has(branch) {
      const rows = await ctx.db.aptPlacement.findMany({
        where: { branch: { repositoryId: id, name: branch } },
        include: { package: true },
      })
      return rows.map(({ package: one }) => `${one.name} ${one.version} ${one.architecture}`).sort()
    },
    async set(branch, settings) {
      await ctx.db.aptBranch.updateMany({ where: { repositoryId: id, name: branch }, data: settings })
    },
  }
}
