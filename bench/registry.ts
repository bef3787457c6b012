import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Installation, startInstallation } from '@/bench/entrepot'
import { load } from '@/bench/load'
import { startDockerRegistry } from '@/bench/peers/docker-registry'
import { findProgram } from '@/bench/programs'
import {
  blobTarget,
  type Content,
  contentOf,
  type Door,
  MANIFEST,
  manifestTarget,
  pushBlob,
  pushFile,
  pushImage,
  writeUnknown,
} from '@/bench/registry-door'
import { bounded, compared, type Line, mebibytes, milliseconds, perSecond, throughput } from '@/bench/report'
import { inTurn } from '@/bench/rounds'
import { system } from '@/server/auth/permissions'
import { hashToken, newTokenSecret, tokenPrefix } from '@/server/auth/token-secret'
import { freePort } from '@/server/database/embedded'
import { addRule } from '@/server/oci/access/add-rule'

const SECONDS = 3
const SMALL = 1536
const LARGE = 100 * 1024 * 1024
const PUSHES = 32
const PUSHED = 64 * 1024 * 1024
const TAGS = 100_000

/**
 * The registry against Debian's docker-registry, which lets everybody in; ours reads from a node that is open to everyone,
 * and pushes with a token, as its clients do.
 */
export async function benchRegistry(directory: string): Promise<Line[]> {
  const ours = await startInstallation(join(directory, 'registry'))
  try {
    const door: Door = { port: ours.ports.gateway, authorization: await openDoor(ours) }
    const program = findProgram('docker-registry')
    if (program === undefined)
      console.log(
        'docker-registry is not installed: the registry is not compared (apt-get install docker-registry)',
      )
    const lines = program === undefined ? [] : await againstDocker(program, directory, door)
    return [...lines, await firstPage(ours, door), await parallelPushes(directory)]
  } finally {
    await ours.stop()
  }
}

/** Everybody may read the images of the benchmark; who pushes has a token. @returns the Authorization of pushes. */
async function openDoor({ ctx }: Installation): Promise<string> {
  await addRule(ctx, system, {
    ...{ cluster: 'default', path: 'bench', subject: 'everyone', permissions: ['read'] },
    ...{ effect: 'allow', inherited: true },
  })
  const secret = newTokenSecret()
  const user = await ctx.db.user.create({
    data: { email: 'bench@example.org', name: 'Bench', role: 'administrator' },
  })
  await ctx.db.apiToken.create({
    data: {
      ...{ name: 'bench', prefix: tokenPrefix(secret), hash: hashToken(secret), userId: user.id },
      scopes: ['read', 'push'],
    },
  })
  return `Basic ${Buffer.from(`bench:${secret}`).toString('base64')}`
}

async function againstDocker(program: string, directory: string, ours: Door): Promise<Line[]> {
  const place = join(directory, 'docker-registry')
  const port = await freePort()
  const docker = await startDockerRegistry(program, { directory: place, port })
  const theirs: Door = { port, authorization: undefined }
  try {
    const [small, large] = [contentOf(Buffer.alloc(SMALL, 's')), contentOf(Buffer.alloc(LARGE, 'l'))]
    let manifest: Content | undefined
    for (const door of [ours, theirs]) {
      for (const content of [small, large]) await pushBlob(door, content)
      manifest = await pushImage(door, 'v1')
    }
    const digest = manifest?.digest ?? ''
    const reads = [
      { what: 'manifest by tag', least: 20, unit: perSecond, target: manifestTarget('v1') },
      { what: 'manifest by digest', least: 20, unit: perSecond, target: manifestTarget(digest) },
      { what: 'blob, 1.5 kB', least: 20, unit: perSecond, target: blobTarget(small) },
      { what: 'blob, 100 MB, out', least: 1, unit: throughput, target: blobTarget(large) },
    ]
    const lines: Line[] = []
    for (const { what, least, unit, target } of reads) {
      const connections = unit === throughput ? 4 : 32
      const measure = async ({ port: at }: Door) => {
        const host = `127.0.0.1:${at}`
        const headers = { Accept: MANIFEST }
        const rate = await load({ port: at, host, target, headers, connections, seconds: SECONDS })
        return unit === throughput ? rate.bytes : rate.requests
      }
      const figures = await inTurn(
        () => measure(ours),
        () => measure(theirs),
      )
      lines.push(compared(`registry, ${what}`, { ...figures, peerName: 'docker-registry', least, unit }))
    }
    lines.push(await pushing(directory, ours, theirs))
    return lines
  } finally {
    await docker.stop()
    await rm(place, { recursive: true, force: true })
  }
}

async function pushing(directory: string, ours: Door, theirs: Door): Promise<Line> {
  const path = join(directory, 'unknown')
  const measure = async (door: Door) => {
    const digest = await writeUnknown(path, LARGE)
    return pushFile(door, { path, digest, size: LARGE })
  }
  const figures = await inTurn(
    () => measure(ours),
    () => measure(theirs),
  )
  await rm(path)
  return compared('registry, blob, 100 MB, in', {
    ...{ ...figures, peerName: 'docker-registry' },
    ...{ least: 2, unit: throughput },
  })
}

/** What a worker that was just started holds at most while many push at once. */
async function parallelPushes(directory: string): Promise<Line> {
  const ours = await startInstallation(join(directory, 'pushes'))
  const door: Door = { port: ours.ports.gateway, authorization: await openDoor(ours) }
  const blocks = Array.from({ length: PUSHES }, (_, place) => Buffer.alloc(1024 * 1024, `push ${place}`))
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, ours.memory())
  }, 100)
  await Promise.all(
    blocks.map(async (block) => {
      const { digest } = contentOf(Buffer.concat(Array<Buffer>(PUSHED / block.length).fill(block)))
      await pushBlob(door, { digest, bytes: repeated(block, PUSHED / block.length) })
    }),
  )
  clearInterval(watch)
  await ours.stop()
  return bounded(`registry, memory during ${PUSHES} pushes of 64 MB`, {
    ...{ ours: peak, most: 256 * 2 ** 20, unit: mebibytes },
  })
}

async function* repeated(block: Buffer, times: number): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < times; sent += 1) yield block
}

/** The slowest of twenty lists of the first thousand tags. */
async function firstPage({ ctx }: Installation, door: Door): Promise<Line> {
  const { digest } = await pushImage(door, 'v1')
  await ctx.pool.query(
    `INSERT INTO tags (repository_id, name, digest, pushed_by)
     SELECT repository_id, 'build-' || lpad(n::text, 6, '0'), digest, 'bench'
     FROM manifests, generate_series(1, $1::int) n WHERE digest = $2`,
    [TAGS, digest],
  )
  await ctx.pool.query('ANALYZE tags')
  const url = `http://127.0.0.1:${door.port}/v2/bench/image/tags/list?n=1000`
  const times: number[] = []
  for (let round = 0; round < 21; round += 1) {
    const started = performance.now()
    const { tags } = (await (await fetch(url)).json()) as { tags: string[] }
    if (tags.length !== 1000) throw new Error(`The first page has ${tags.length} tags.`)
    if (round > 0) times.push(performance.now() - started)
  }
  return bounded('registry, first 1,000 of 100,000 tags', {
    ...{ ours: Math.max(...times), most: 20, unit: milliseconds },
  })
}
