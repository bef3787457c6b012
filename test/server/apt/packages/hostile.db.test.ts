import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { getPackage } from '@/server/apt/packages/get-package'
import { findPoolFiles } from '@/server/apt/uploads/find-pool-files'
import { uploadPackage } from '@/server/apt/uploads/upload-package'
import { system } from '@/server/auth/permissions'
import { recordBlobs } from '@/server/blobs/store'
import { newPackage, recordFiles } from '@/test/support/apt-packages'
import { addToBranch, createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'
import { buildDeb } from '@/test/support/debs'

const ctx = await openTestContext()
const repository = await createRepositoryRows(ctx, { name: 'tools' })

const send = (bytes: Buffer) =>
  uploadPackage(ctx, system, { repo: 'tools', branch: 'unstable', body: Readable.from([bytes]) })

describe('packages made to cost', () => {
  it('are shown at once with paths that are mostly spaces', async () => {
    const path = `usr/${' '.repeat(3900)}x y`
    const paths = Array.from({ length: 2000 }, (_, index) => `${path}${index}`)
    const one = {
      ...newPackage({ name: 'spaces' }),
      contents: paths.map((each) => `${each}\tmisc/spaces\n`).join(''),
    }
    await recordFiles(ctx, [one])
    await addToBranch(ctx, repository, 'unstable', [one])
    const { id } = await ctx.db.aptPackage.findFirstOrThrow({ where: { name: 'spaces' } })
    const shown = await getPackage(ctx, system, { repo: 'tools', id: String(id) })
    expect(shown.paths).toEqual(paths)
  })

  it('say a section that is no word in their stanza, and not before every path', async () => {
    const section = 'x '.repeat(50_000).trim()
    const files = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`usr/share/${index}`, '']))
    const { id } = (await send(buildDeb({ name: 'sections', section, files }).bytes)) as { id: string }
    const row = await ctx.db.aptPackage.findUniqueOrThrow({ where: { id: BigInt(id) } })
    expect(row.contents).toContain('usr/share/7\tsections\n')
    expect(row.stanza).toContain(`Section: ${section}\n`)
  })
})

describe('many contents', () => {
  it('are recorded by two at the same time, in whatever order they come', async () => {
    const blobs = Array.from({ length: 20_000 }, (_, index) => ({
      sha256: index.toString(16).padStart(64, '0'),
      size: 1,
    }))
    const orders = [blobs, blobs.toReversed(), blobs, blobs.toReversed()]
    await Promise.all(orders.map((order) => recordBlobs(ctx.db, order)))
    expect(await ctx.db.blob.count({ where: { sha256: { startsWith: '0'.repeat(50) } } })).toBe(blobs.length)
  })
})

describe('files of a source in the pool', () => {
  it('are found by their bytes, under whatever names those lie there', async () => {
    const digests = { sha256: 'a'.repeat(64), sha1: 'b'.repeat(40), md5: 'c'.repeat(32), size: 7 }
    const one = newPackage({ name: 'twice', type: 'source', version: '1.0' })
    const [dsc] = one.files
    const files = ['twice_1.0.orig.tar.gz', 'twice_1.0+dfsg.orig.tar.gz'].map((name) => ({
      ...{ path: `pool/main/t/twice/${name}`, ...digests },
    }))
    const packages = [{ ...one, files: [...(dsc ? [dsc] : []), ...files] }]
    await recordFiles(ctx, packages)
    await addToBranch(ctx, repository, 'unstable', packages)
    const wanted = files.map(({ path }) => ({ name: path.slice(path.lastIndexOf('/') + 1), ...digests }))
    const found = await findPoolFiles(ctx, repository.id, { source: 'twice', files: wanted })
    expect([...found.keys()]).toEqual(wanted.map(({ name }) => name))
  })
})
