import { Readable } from 'node:stream'
import {
  type DemoContent,
  type DemoManifest,
  demoImage,
  demoIndex,
  demoLayer,
} from '@/scripts/demo/container-image'
import { actorOf, type DemoTeamRow } from '@/scripts/demo/organisation'
import { recordAudit } from '@/server/audit/record'
import { recordBlob } from '@/server/blobs/store'
import type { Context } from '@/server/context'
import { declareImage } from '@/server/images/declare-image'

const DAY_MS = 86_400_000
const DAYS = 40

/** registry ; repository ; tag it had ; teams ; platforms, those after the slash not chosen ; reason */
const MIRRORED = `
registry-1.docker.io ; library/debian ; 13 ; build cloud ; linux/amd64 linux/arm64/v8 / linux/arm/v7 linux/s390x ; Base of everything that we build ourselves
registry-1.docker.io ; library/postgres ; 17.4 ; cloud ; linux/amd64 linux/arm64/v8 ; Database of the fleet service
registry-1.docker.io ; library/python ; 3.12-slim ; data vision ; linux/amd64 / linux/arm64/v8 ; Notebooks and training
quay.io ; prometheus/prometheus ; v3.2.1 ; lab ; linux/amd64 linux/arm64/v8 ; Metrics of the endurance rigs
ghcr.io ; sigstore/cosign/cosign ; v2.4.3 ; security build ; linux/amd64 linux/arm64/v8 ; Checks signatures before a release
registry.k8s.io ; pause ; 3.10 ; cloud ; linux/amd64 linux/arm64/v8 / windows/amd64 ; Every pod starts with it
gcr.io ; distroless/static-debian12 ; nonroot ; cloud security ; linux/amd64 linux/arm64/v8 ; Smallest base for Go services
`

/** Images of registries outside: whole ones, and one that waits for a registry that does not answer. @returns how many. */
export async function fillImages(ctx: Context, teams: Map<string, DemoTeamRow>): Promise<number> {
  const rows = MIRRORED.trim().split('\n')
  // The oldest first: lists are in the order of their making.
  for (const [age, row] of [...rows.entries()].reverse()) await addMirrored(ctx, teams, row, age)
  const owner = actorOf(teams.get('motion')?.people[0])
  await declareImage(ctx, owner, {
    reference: `registry.supplier.invalid/plc/gateway:4.1@sha256:${'5a'.repeat(32)}`,
    reason: 'Gateway of the supplier, for the acceptance test.',
    team: 'motion',
  })
  return rows.length + 1
}

async function addMirrored(
  ctx: Context,
  teams: Map<string, DemoTeamRow>,
  row: string,
  age: number,
): Promise<void> {
  const [registry = '', repository = '', tag = '', owners = '', named = '', reason = ''] = row.split(' ; ')
  const [chosen = [], others = []] = named.split(' / ').map((list) => list.split(' '))
  const image = (platform: string) =>
    demoImage({
      platform,
      layers: [
        demoLayer(`${repository} ${tag} ${platform}`, 160),
        demoLayer(`${repository} ${platform}`, 40),
      ],
    })
  const children = [...chosen, ...others].map(image)
  const index = demoIndex(children)
  const parts = [
    partOf(index, { kind: 'index' }),
    ...children.flatMap((child) => {
      const wanted = chosen.includes(child.platform ?? '')
      const top = partOf(child, { kind: 'manifest', parent: index, platform: child.platform, wanted })
      if (!wanted || !child.config) return [top]
      const layers = child.layers.map((layer) => partOf(layer, { kind: 'layer', parent: child }))
      return [top, partOf(child.config, { kind: 'config', parent: child }), ...layers]
    }),
  ].filter((part, place, all) => all.findIndex(({ digest }) => digest === part.digest) === place)
  const stored = parts.filter(({ wanted }) => wanted)
  for (const part of stored) await store(ctx, part.bytes)
  const at = new Date(ctx.now().getTime() - (age * 9 + 3) * DAY_MS)
  const created = await ctx.db.image.create({
    data: {
      registry,
      repository,
      digest: index.digest,
      platforms: others.length > 0 ? chosen : [],
      resolvedTag: tag,
      state: 'stored',
      mediaType: index.mediaType,
      size: stored.reduce((sum, { size }) => sum + size, 0),
      partsDone: stored.length,
      partsTotal: stored.length,
      attempts: 1,
      storedAt: new Date(at.getTime() + 40_000),
      createdAt: at,
      parts: {
        create: parts.map(({ bytes: _, ...part }, position) => ({
          ...part,
          position,
          sha256: part.wanted ? part.digest.slice('sha256:'.length) : null,
        })),
      },
    },
  })
  for (const slug of owners.split(' ')) await addUse(ctx, teams.get(slug), { ...created, reason, at })
}

interface PartPlace {
  kind: 'index' | 'manifest' | 'config' | 'layer'
  parent?: DemoManifest
  platform?: string
  wanted?: boolean
}

function partOf(
  { digest, size, mediaType, bytes }: DemoContent,
  { kind, parent, platform, wanted = true }: PartPlace,
) {
  return {
    ...{ digest, size, mediaType, bytes, kind, wanted },
    parentDigest: parent?.digest ?? null,
    platform: platform ?? null,
  }
}

async function store(ctx: Context, bytes: Buffer): Promise<void> {
  const received = await ctx.blobs.receive(Readable.from([bytes]))
  await received.commit()
  await ctx.db.$transaction((tx) => recordBlob(tx, received))
}

interface NewUse {
  id: string
  registry: string
  repository: string
  reason: string
  at: Date
}

/** A use, and two months of pulls, quieter at weekends. */
async function addUse(ctx: Context, team: DemoTeamRow | undefined, image: NewUse): Promise<void> {
  const person = team?.people[0]
  if (!team || !person) return
  const { id, registry, repository, reason, at } = image
  await ctx.db.$transaction(async (tx) => {
    await tx.use.create({
      data: { imageId: id, teamId: team.id, reason: `${reason}.`, createdById: person.id, createdAt: at },
    })
    await recordAudit(tx, ctx, actorOf(person), {
      action: 'image.declare',
      subject: { type: 'image', id, name: `${registry}/${repository}` },
      details: { team: team.slug, reason },
    })
  })
  const today = new Date(ctx.now().toISOString().slice(0, 10))
  const days = Array.from({ length: DAYS }, (_, back) => new Date(today.getTime() - back * DAY_MS))
  await ctx.db.imageDownloadDay.createMany({
    data: days.map((day, back) => {
      const isWeekend = day.getUTCDay() % 6 === 0
      const count = Math.max(0, ((back * 7 + repository.length) % 13) - (isWeekend ? 8 : 0))
      return { imageId: id, day, teamId: team.id, count, bytes: count * 200_000 }
    }),
  })
}
