import { expect, it } from 'vitest'
import { aptMachine } from '@/test/support/apt-client'
import { expectWhole, RepositoryReader } from '@/test/support/apt-invariants'
import { openAptPlace } from '@/test/support/apt-place'
import { aptRepositoryAt, createAptRepository, sourceLine } from '@/test/support/apt-repository'
import { builtChildren } from '@/test/support/built-child'
import { openTestContext } from '@/test/support/context'
import { buildDeb, buildSource } from '@/test/support/debs'

/*
 * kill -9 of the gateway at a hundred moments of uploads, of moves, and of the publishing that both end with: what was
 * answered is there, what was not is there whole or not at all, and clients never see indexes that do not fit.
 */

const KILLS = 100
const SEEDS = 12
/** In milliseconds: on a machine that has much else to do, all kills come in time. */
const LONGEST_SPAN = 1_000
const branches = ['unstable', 'testing']

const ctx = await openTestContext()
const { place } = await openAptPlace(ctx)
const children = await builtChildren(ctx, 'gateway-child.ts')

/** An upload of a source with two packages. */
function uploadOf(source: string) {
  const debs = ['', '-data'].map((suffix) =>
    buildDeb({ name: `${source}${suffix}`, source, architecture: suffix === '' ? 'amd64' : 'all' }),
  )
  const { dsc, tarballs } = buildSource({ name: source, binaries: [source, `${source}-data`] })
  const packages = [`${source} 1.0 amd64`, `${source} 1.0 source`, `${source}-data 1.0 all`]
  return { source, packages, upload: { source, version: '1.0', files: [...debs, dsc, ...tarballs] } }
}

/** True when it was answered, and well; false when its connection ended before. */
async function isAnswered(work: Promise<Response>): Promise<boolean> {
  try {
    const answer = await work
    const text = await answer.text()
    expect([answer.ok, text]).toEqual([true, text])
    return true
  } catch (error) {
    // What fetch says of a connection that is gone, before or within an answer.
    if (error instanceof TypeError) return false
    throw error
  }
}

const elapsed = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

it(`loses nothing and shows nothing half in ${KILLS} kills`, async () => {
  const of = await createAptRepository(place, { name: 'killed', branches })
  const reader = new RepositoryReader(of)
  const seeds = Array.from({ length: SEEDS }, (_, index) => uploadOf(`seed${index}`))
  for (const { upload } of seeds) expect(await isAnswered(of.upload('unstable', upload))).toBe(true)
  const apt = await aptMachine()
  const keyFile = await apt.writeKey('killed', await of.key())
  await apt.setSources(
    branches.map((branch) => sourceLine(of, { keyFile, rest: `${branch} main` })).join('\n'),
  )

  let home = await expectWhole(ctx, of, reader, branches)
  let cutOff = 0
  // How long both take is learned while it goes, so that about half of the kills come in time.
  let span = 300
  for (let round = 0; round < KILLS; round += 1) {
    const child = await children.next()
    const door = aptRepositoryAt({ ...place, origin: `http://127.0.0.1:${child.output}` }, of.name)
    const seed = seeds[round % SEEDS] as (typeof seeds)[number]
    const late = uploadOf(`late${round}`)
    const from = home.get(seed.packages[0] as string) as string
    const to = branches.find((branch) => branch !== from) as string
    const sent = isAnswered(door.upload('unstable', late.upload))
    const moved = isAnswered(door.dmove({ package: seed.source, version: '1.0', from, to }))
    await elapsed(Math.random() * span)
    await child.kill()
    const [wasSent, wasMoved] = await Promise.all([sent, moved])
    if (!(wasSent && wasMoved)) cutOff += 1
    span = Math.min(span * (wasSent && wasMoved ? 0.9 : 1.1), LONGEST_SPAN)

    const now = await expectWhole(ctx, of, reader, branches)
    expect([...home.keys()].filter((one) => !now.has(one))).toEqual([])
    const arrived = late.packages.filter((one) => now.has(one)).length
    expect([0, late.packages.length]).toContain(arrived)
    if (wasSent) expect(arrived).toBe(late.packages.length)
    const places = new Set(seed.packages.map((one) => now.get(one)))
    expect([...places]).toEqual([wasMoved ? to : now.get(seed.packages[0] as string)])
    home = now

    if (round % 10 > 0) continue
    const update = await apt.get('update')
    expect([round, update.status, update.stderr]).toEqual([round, 0, ''])
    if (arrived > 0) continue
    // What was cut off goes through when it is sent again.
    expect(await isAnswered(of.upload('unstable', late.upload))).toBe(true)
    home = await expectWhole(ctx, of, reader, branches)
    expect(late.packages.map((one) => home.get(one))).toEqual(late.packages.map(() => 'unstable'))
  }
  expect(cutOff).toBeGreaterThan(KILLS / 5)
}, 900_000)
