import { Readable } from 'node:stream'
import { branches, type DemoSource, sources } from '@/scripts/demo/debian-sources'
import { actorOf, type DemoTeamRow } from '@/scripts/demo/organisation'
import { type PackedFile, packChanges } from '@/scripts/demo/pack-changes'
import { packDeb } from '@/scripts/demo/pack-deb'
import { movePackages } from '@/server/apt/moves/move-packages'
import { createRepository } from '@/server/apt/repositories/create-repository'
import { receiveFile } from '@/server/apt/uploads/receive-file'
import { type Actor, system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'

const REPOSITORY = 'factory'
const DAYS = 60

/**
 * A repository of four branches, with everything that goes on in one: packages on their way to stable, an upload that was
 * rejected, and a move that waits for a second person. @returns how many source versions were uploaded.
 */
export async function fillDebian(ctx: Context, teams: Map<string, DemoTeamRow>): Promise<number> {
  await createRepository(ctx, system, {
    name: REPOSITORY,
    description: 'What runs on the machines that we build.',
    components: ['main', 'non-free'],
    architectures: ['amd64', 'arm64'],
    branches: branches.map((name) => ({ name, ...(name === 'unstable' && { notAutomatic: true }) })),
    fqdn: 'factory.dist.example.org',
    origin: 'Example Works',
    signaturePolicy: 'off',
  })
  // As it went: the first version of each source, and then the next ones.
  const rounds = Math.max(...sources.map(({ versions }) => versions.length))
  let uploaded = 0
  for (let round = 0; round < rounds; round += 1) {
    for (const source of sources) {
      const one = source.versions[round]
      if (one === undefined) continue
      const actor = actorOf(teams.get(source.team)?.people[0])
      await upload(ctx, actor, packUpload(source, one.version))
      uploaded += 1
      await promote(ctx, teams, source, one)
    }
  }
  await ctx.db.aptBranch.updateMany({
    where: { name: 'stable', repository: { name: REPOSITORY } },
    data: { approvalRequired: true, keepVersions: 3, validDays: 14 },
  })
  await dateBack(ctx)
  await rejectOne(ctx, teams)
  await requestOne(ctx, teams)
  return uploaded
}

/** From branch to branch, as far as it has come; those who release move what developers upload. */
async function promote(
  ctx: Context,
  teams: Map<string, DemoTeamRow>,
  { name }: DemoSource,
  { version, branch }: { version: string; branch: string },
): Promise<void> {
  const actor = actorOf(teams.get('build')?.people[0])
  for (let at = 1; at <= branches.indexOf(branch); at += 1) {
    const [from = '', to = ''] = branches.slice(at - 1)
    await movePackages(ctx, actor, {
      ...{ repository: REPOSITORY, packages: [{ package: name, version }], from, to },
      ...(to === 'stable' && { reason: `Two weeks in ${from} without a complaint.` }),
    })
  }
}

function packUpload(source: DemoSource, version: string): PackedFile[] {
  const { name, component, section, change, versions } = source
  const isNewest = versions.at(-1)?.version === version
  const where = component === 'main' ? section : `${component}/${section}`
  const debs = source.binaries.flatMap((binary) =>
    (binary.architecture === 'all' ? ['all'] : ['amd64', 'arm64']).map((architecture): PackedFile => {
      const control = controlOf(source, { binary: binary.name, version, architecture, section: where })
      const files = {
        [`usr/share/doc/${binary.name}/README`]: `${binary.name} ${version} for ${architecture}\n`,
      }
      return { file: `${binary.name}_${version}_${architecture}.deb`, bytes: packDeb({ control, files }) }
    }),
  )
  const changes = packChanges({
    ...{ source: name, version, distribution: 'unstable', files: debs, section: where },
    ...{ maintainer: maintainerOf(source), ...(isNewest && { change: `${change}.` }) },
  })
  return [...debs, changes]
}

const maintainerOf = ({ team }: DemoSource) => `Team ${team} <${team}@example.org>`

function controlOf(
  source: DemoSource,
  {
    binary,
    version,
    architecture,
    section,
  }: Record<'binary' | 'version' | 'architecture' | 'section', string>,
): string {
  const { name, depends, summary } = source
  return [
    `Package: ${binary}\n`,
    binary === name ? '' : `Source: ${name}\n`,
    `Version: ${version}\nArchitecture: ${architecture}\nMaintainer: ${maintainerOf(source)}\n`,
    depends === '' ? '' : `Depends: ${depends}\n`,
    `Section: ${section}\nPriority: optional\nHomepage: https://wiki.example.org/${name}\n`,
    `Description: ${summary}\n This is a part of what the machines of Example Works run.\n`,
  ].join('')
}

async function upload(ctx: Context, actor: Actor, files: readonly PackedFile[]): Promise<void> {
  for (const { file, bytes } of files) {
    await receiveFile(ctx, actor, {
      ...{ repository: REPOSITORY, branch: 'unstable', name: file, announced: bytes.length },
      body: () => Readable.from([bytes]),
    })
  }
}

/** A package that is not the one that the .changes lists. */
async function rejectOne(ctx: Context, teams: Map<string, DemoTeamRow>): Promise<void> {
  const source = sources.find(({ name }) => name === 'vision-runtime')
  if (source === undefined) return
  const [first, ...others] = packUpload(source, '2.1.1')
  const [other] = packUpload(source, '2.1.2')
  if (first === undefined || other === undefined) return
  const actor = actorOf(teams.get('vision')?.people[1])
  await upload(ctx, actor, [{ ...first, bytes: other.bytes }, ...others])
}

async function requestOne(ctx: Context, teams: Map<string, DemoTeamRow>): Promise<void> {
  const packages = [{ package: 'motion-controller', version: '4.2.0' }]
  await movePackages(ctx, actorOf(teams.get('motion')?.people[0]), {
    ...{ repository: REPOSITORY, packages, from: 'prestable', to: 'stable' },
    reason: 'Ran on lines 2 and 4 since May; the customer of line 7 waits for it.',
  })
}

/** As if it had gone on over two months. What clients see now keeps its time, which is signed. */
async function dateBack(ctx: Context): Promise<void> {
  const { id } = await ctx.db.aptRepository.findUniqueOrThrow({ where: { name: REPOSITORY } })
  const spread = (table: string, column: string, { of = 'repository_id = $1', also = '' } = {}) => `
    UPDATE ${table} SET ${column} = aged.at ${also}
    FROM (SELECT id, now() - make_interval(secs => ${DAYS} * 86400.0 *
        (1 - percent_rank() OVER (ORDER BY id)) + 5400) AS at FROM ${table} WHERE ${of}) aged
    WHERE aged.id = ${table}.id`
  const past = `branch_id IN (SELECT id FROM apt_branches WHERE repository_id = $1)
    AND NOT EXISTS (SELECT FROM apt_branches b WHERE b.publication_id = apt_publications.id)`
  for (const statement of [
    spread('apt_uploads', 'created_at', { also: ', finished_at = aged.at' }),
    spread('apt_packages', 'created_at'),
    spread('apt_moves', 'at'),
    spread('apt_publications', 'at', { of: past }),
    `UPDATE apt_placements SET placed_at = coalesce(
       (SELECT max(m.at) FROM apt_move_items i JOIN apt_moves m ON m.id = i.move_id
        WHERE i.package_id = apt_placements.package_id), k.created_at)
     FROM apt_packages k WHERE k.id = apt_placements.package_id AND k.repository_id = $1`,
  ]) {
    await ctx.pool.query(statement, [id])
  }
}
