import { Readable } from 'node:stream'
import {
  type DemoContent,
  type DemoManifest,
  demoImage,
  demoIndex,
  demoLayer,
} from '@/scripts/demo/container-image'
import { actorOf, type DemoTeamRow } from '@/scripts/demo/organisation'
import { system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { addRule } from '@/server/oci/access/add-rule'
import type { Caller } from '@/server/oci/access/caller'
import type { NodePermission } from '@/server/oci/access/schema'
import { changeRepository } from '@/server/oci/change-repository'
import { pushBlob } from '@/server/oci/push-blob'
import { pushManifest } from '@/server/oci/push-manifest'

interface DemoRepository {
  name: string
  team: string
  /** Oldest first; the last one is `latest`, too. */
  tags: string[]
  platforms: string[]
  /** Size of its own layer in KiB. */
  kib: number
  isSigned?: true
  immutableTags?: true
}

const BOTH = ['linux/amd64', 'linux/arm64']

const repositories: DemoRepository[] = [
  {
    name: 'firmware/toolchain/gcc-arm',
    team: 'firmware',
    tags: ['12.3', '13.3', '14.2'],
    platforms: ['linux/amd64'],
    kib: 420,
  },
  {
    name: 'firmware/yocto',
    team: 'firmware',
    tags: ['kirkstone', 'scarthgap'],
    platforms: ['linux/amd64'],
    kib: 360,
  },
  {
    name: 'cloud/fleet-api',
    team: 'cloud',
    tags: ['2.13.0', '2.13.1', '2.14.0', '2.15.0'],
    platforms: BOTH,
    kib: 130,
    isSigned: true,
    immutableTags: true,
  },
  {
    name: 'cloud/fleet-web',
    team: 'cloud',
    tags: ['5.1.0', '5.2.0'],
    platforms: BOTH,
    kib: 90,
    isSigned: true,
  },
  { name: 'cloud/jobs/billing', team: 'cloud', tags: ['1.8.2'], platforms: BOTH, kib: 60 },
  {
    name: 'vision/train',
    team: 'vision',
    tags: ['2026-09', '2026-10', '2026-11'],
    platforms: ['linux/amd64'],
    kib: 500,
  },
  { name: 'vision/calibrate', team: 'vision', tags: ['3.0'], platforms: BOTH, kib: 140 },
  { name: 'data/notebook', team: 'data', tags: ['2026.10', '2026.11'], platforms: ['linux/amd64'], kib: 310 },
  { name: 'lab', team: 'lab', tags: ['rig-7'], platforms: ['linux/arm/v7'], kib: 40 },
  {
    name: 'lab/rig-control',
    team: 'lab',
    tags: ['0.9.2', '0.9.3'],
    platforms: ['linux/amd64', 'linux/arm/v7'],
    kib: 70,
  },
  { name: 'sys/admin/images/debian', team: 'build', tags: ['12', '13'], platforms: BOTH, kib: 12 },
  {
    name: 'sys/admin/images/builder',
    team: 'build',
    tags: ['2026-11'],
    platforms: BOTH,
    kib: 210,
    isSigned: true,
  },
]

const DAY_MS = 86_400_000

/** What the teams have pushed, with the rules of their nodes. @returns how many repositories. */
export async function fillRegistry(ctx: Context, teams: Map<string, DemoTeamRow>): Promise<number> {
  for (const repository of repositories) await push(ctx, teams, repository)
  await writeRules(ctx)
  return repositories.length
}

async function push(
  ctx: Context,
  teams: Map<string, DemoTeamRow>,
  repository: DemoRepository,
): Promise<void> {
  const person = teams.get(repository.team)?.people[0]
  if (!person) return
  const target: Target = { ctx, caller: { actor: actorOf(person), grants: 'all' }, name: repository.name }
  const { tags, platforms, kib, isSigned } = repository
  const at = (age: number) => new Date(ctx.now().getTime() - (age * 23 + 2) * DAY_MS)
  for (const [age, tag] of [...tags].reverse().entries()) {
    const images = platforms.map((platform) =>
      demoImage({
        platform,
        layers: [
          demoLayer(`debian ${platform}`, 180),
          demoLayer(`${repository.name} dependencies ${platform}`, kib),
          demoLayer(`${repository.name} ${tag} ${platform}`, Math.ceil(kib / 4) + age),
        ],
      }),
    )
    for (const image of images) await pushAll(target, image, [])
    const [first] = images
    const top = images.length > 1 ? demoIndex(images) : first
    if (top === undefined) continue
    await pushAll(target, top, age === 0 ? [tag, 'latest'] : [tag])
    if (isSigned) await sign(target, top)
    await date(target, at(age), top)
  }
  if (repository.immutableTags) {
    const cluster = standard(ctx).name
    await changeRepository(ctx, system, { cluster, name: repository.name, immutableTags: true })
  }
  await ctx.db.repository.updateMany({
    where: { cluster: standard(ctx).name, name: repository.name },
    data: { createdAt: at(tags.length - 1) },
  })
}

interface Target {
  ctx: Context
  caller: Caller
  name: string
}

function standard(ctx: Context) {
  const [cluster] = ctx.clusters.all
  if (cluster === undefined) throw new Error('There is no cluster.')
  return cluster
}

async function pushAll({ ctx, caller, name }: Target, manifest: DemoManifest, tags: string[]): Promise<void> {
  const cluster = standard(ctx)
  const blobs: DemoContent[] = [...(manifest.config ? [manifest.config] : []), ...manifest.layers]
  for (const { digest, bytes } of blobs) {
    await pushBlob(ctx, cluster, { name, digest, body: Readable.from([bytes]) })
  }
  const { bytes, mediaType, digest } = manifest
  await pushManifest(ctx, cluster, caller, { name, content: bytes, contentType: mediaType, digest, tags })
}

/** A signature and a bill of material about an image. */
async function sign(target: Target, subject: DemoManifest): Promise<void> {
  const about = [
    ['application/vnd.dev.sigstore.bundle.v0.3+json', 2],
    ['application/spdx+json', 24],
  ] as const
  for (const [artifactType, kib] of about) {
    const layers = [demoLayer(`${artifactType} of ${subject.digest}`, kib)]
    await pushAll(target, demoImage({ platform: 'unknown/unknown', layers, subject, artifactType }), [])
  }
}

/** As if it had been pushed then. */
async function date({ ctx, name }: Target, at: Date, { digest }: DemoManifest): Promise<void> {
  const repository = { cluster: standard(ctx).name, name }
  await ctx.db.tag.updateMany({ where: { digest, repository }, data: { createdAt: at, updatedAt: at } })
  await ctx.db.manifest.updateMany({ where: { digest, repository }, data: { createdAt: at } })
}

/** Each team has its own node; the image builders look after what all share. */
async function writeRules(ctx: Context): Promise<void> {
  const all: NodePermission[] = ['read', 'write', 'remove', 'administer']
  const owners = {
    firmware: 'firmware',
    cloud: 'cloud',
    vision: 'vision',
    data: 'data',
    lab: 'lab',
    sys: 'build',
  }
  const cluster = standard(ctx).name
  for (const [path, team] of Object.entries(owners)) {
    await addRule(ctx, system, {
      cluster,
      path,
      subject: 'team',
      team,
      permissions: all,
      effect: 'allow',
      inherited: true,
    })
  }
  const inherited = true
  await addRule(ctx, system, {
    cluster,
    path: 'sys',
    subject: 'everyone',
    permissions: ['read'],
    effect: 'allow',
    inherited,
  })
  await addRule(ctx, system, {
    cluster,
    path: 'cloud/jobs',
    subject: 'team',
    team: 'lab',
    permissions: ['read', 'write'],
    effect: 'deny',
    inherited,
  })
}
