import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { companions, type DemoProject, failures, projects } from '@/scripts/demo/catalogue'
import type { DemoTeamRow } from '@/scripts/demo/organisation'
import { recordAudit } from '@/server/audit/record'
import { type Actor, system } from '@/server/auth/permissions'
import { recordBlob } from '@/server/blobs/store'
import type { Context } from '@/server/context'
import { fetchQueue } from '@/server/mirror/fetch-queue'
import { enqueueTasks } from '@/server/tasks/enqueue'

export interface DemoFile {
  id: string
  uri: string
  size: number
  teamIds: string[]
}

const DAY_MS = 86_400_000

/** Files with their uses: most are stored, one upstream is red, two wait for a host that does not answer. */
export async function fillLedger(ctx: Context, teams: Map<string, DemoTeamRow>): Promise<DemoFile[]> {
  const releases = projects.flatMap((project) =>
    [...project.versions]
      .reverse()
      .flatMap((version, age) =>
        companions
          .slice(0, age === 0 ? companions.length : 1)
          .map((companion) => ({ project, version, companion, age })),
      ),
  )
  const now = ctx.now().getTime()
  const dated = releases.map((release) => ({ ...release, at: new Date(now - daysAgo(release) * DAY_MS) }))
  dated.sort((a, b) => a.at.getTime() - b.at.getTime())
  const files: DemoFile[] = []
  for (const release of dated) files.push(await addStored(ctx, teams, release))
  for (const failure of failures) await addFailed(ctx, teams, failure)
  await addWaiting(ctx, teams)
  return files
}

interface Release {
  project: DemoProject
  version: string
  companion: string
  /** 0 is the newest. */
  age: number
  at: Date
}

/** Spread so that something was declared nearly every week; a release and its signature come together. */
function daysAgo({ project, age }: Pick<Release, 'project' | 'age'>): number {
  const spread = createHash('sha256').update(project.name).digest().readUInt16BE(0)
  return age * 110 + (spread % 100) + (spread % 24) / 24
}

async function addStored(ctx: Context, teams: Map<string, DemoTeamRow>, release: Release): Promise<DemoFile> {
  const { project, version, companion, age, at } = release
  const uri = `https://${project.host}${project.path.replaceAll('{v}', version)}${companion}`
  const size = companion === '' ? project.size : 300
  const received = await ctx.blobs.receive(Readable.from(bytesFor(uri, size)))
  await received.commit()
  return ctx.db.$transaction(async (tx) => {
    await recordBlob(tx, received)
    const file = await tx.file.create({
      data: {
        uri,
        declaredUri: uri,
        host: project.host,
        state: 'stored',
        sha256: received.sha256,
        size: received.size,
        contentType: companion === '' ? 'application/octet-stream' : 'text/plain',
        upstreamEtag: `"${received.sha256.slice(0, 16)}"`,
        upstreamModifiedAt: new Date(at.getTime() - 9 * DAY_MS),
        redirects: redirectsOf(uri, project.host),
        attempts: 1,
        storedAt: new Date(at.getTime() + 4000),
        createdAt: at,
      },
    })
    const users = project.teams.slice(0, age === 0 ? project.teams.length : 1)
    for (const slug of users) await addUse(ctx, tx, { team: teams.get(slug), file, project, at, age })
    return { id: file.id, uri, size: received.size, teamIds: users.map((slug) => teams.get(slug)?.id ?? '') }
  })
}

/** Release downloads of code hosts lead to a storage host, as they do in the world. */
function redirectsOf(uri: string, host: string) {
  if (host !== 'code.example.com' || !uri.includes('/releases/download/')) return []
  return [
    { status: 302, from: uri, to: `https://objects.example.com/release-asset/${uri.split('/').at(-1)}` },
  ]
}

interface NewUse {
  team: DemoTeamRow | undefined
  file: { id: string; uri: string }
  project: DemoProject
  at: Date
  age: number
}

async function addUse(
  ctx: Context,
  tx: Parameters<typeof recordAudit>[0],
  { team, file, project, at, age }: NewUse,
): Promise<void> {
  const person = team?.people[age % team.people.length]
  if (!team || !person) return
  const old = age >= 3
  await tx.use.create({
    data: {
      fileId: file.id,
      teamId: team.id,
      reason: `${project.reason}.`,
      project: team.slug === 'build' ? 'toolchain' : `${team.slug}-${1 + (project.size % 3)}`,
      licence: project.licence,
      createdById: person.id,
      createdAt: at,
      ...(old && {
        retiredAt: new Date(at.getTime() + 200 * DAY_MS),
        retiredReason: 'Replaced by a newer release.',
      }),
    },
  })
  const actor: Actor = { ...system, kind: 'user', id: person.id, userId: person.id, name: person.name }
  await recordAudit(tx, ctx, actor, {
    action: 'file.declare',
    subject: { type: 'file', id: file.id, name: file.uri },
    details: { team: team.slug, reason: project.reason },
  })
}

async function addFailed(
  ctx: Context,
  teams: Map<string, DemoTeamRow>,
  failure: (typeof failures)[number],
): Promise<void> {
  const team = teams.get(failure.team)
  if (!team) return
  await ctx.db.file.create({
    data: {
      uri: failure.uri,
      declaredUri: failure.uri,
      host: new URL(failure.uri).host,
      state: 'failed',
      error: failure.error,
      errorCode: failure.code,
      attempts: 3,
      uses: { create: { teamId: team.id, reason: `${failure.reason}.`, createdById: team.people[0]?.id } },
    },
  })
}

/** Declared for real: the running worker tries them, fails to find the host, and shows when it tries again. */
async function addWaiting(ctx: Context, teams: Map<string, DemoTeamRow>): Promise<void> {
  const team = teams.get('lab')
  if (!team) return
  const owner = team.people[0]?.id ?? null
  for (const name of ['rig-controller-2.4.0.zip', 'rig-controller-2.5.0.zip']) {
    const uri = `https://rigs.example.invalid/downloads/${name}`
    await ctx.db.$transaction(async (tx) => {
      const use = { teamId: team.id, reason: 'Firmware of the endurance rigs.', createdById: owner }
      const file = await tx.file.create({
        data: { uri, declaredUri: uri, host: 'rigs.example.invalid', uses: { create: use } },
      })
      await enqueueTasks(tx, [
        {
          kind: 'fetch_file',
          title: `Fetch ${uri}`,
          ownerId: owner,
          subject: { type: 'file', id: file.id },
          queue: fetchQueue(ctx.env, file.host, file.id),
        },
      ])
    })
  }
}

/** Bytes that are the same for the same URI on every machine. */
function* bytesFor(uri: string, size: number): Generator<Buffer> {
  let block = createHash('sha256').update(uri).digest()
  for (let left = size; left > 0; left -= block.length) {
    yield block.subarray(0, Math.min(left, block.length))
    block = createHash('sha256').update(block).digest()
  }
}
