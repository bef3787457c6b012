import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { forgetRejected } from '@/server/apt/uploads/forget-rejected'
import { getUpload } from '@/server/apt/uploads/get-upload'
import { listUploads } from '@/server/apt/uploads/list-uploads'
import { uploadPackage } from '@/server/apt/uploads/upload-package'
import { system } from '@/server/auth/permissions'
import { blobKey } from '@/server/blobs/keys'
import { recordBlob } from '@/server/blobs/store'
import { hex } from '@/test/server/apt/import/other-repository'
import { createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'
import { buildDeb } from '@/test/support/debs'

const ctx = await openTestContext()
await createRepositoryRows(ctx, { name: 'tools' })
await createRepositoryRows(ctx, { name: 'other', architectures: ['riscv64'] })

const send = (bytes: Buffer, repo = 'tools') =>
  uploadPackage(ctx, system, { repo, branch: 'unstable', body: Readable.from([bytes]) })
const foreign = (name: string) => buildDeb({ name, architecture: 'riscv64' }).bytes
const isStored = async (bytes: Buffer) =>
  (await ctx.storage.stat(blobKey(hex('sha256', bytes)))) !== undefined
const hasRow = async (bytes: Buffer) =>
  (await ctx.db.blob.count({ where: { sha256: hex('sha256', bytes) } })) === 1

/** Moves everything that there is into the past. */
async function wait(days: number) {
  await ctx.db
    .$executeRaw`UPDATE apt_uploads SET finished_at = finished_at - make_interval(days => ${days}::int)`
  await ctx.db.$executeRaw`UPDATE blobs SET created_at = created_at - make_interval(days => ${days}::int)`
}

describe('the bytes of a rejected upload', () => {
  it('go after a month; the report stays, with their names and hashes', async () => {
    const bytes = foreign('alone')
    await expect(send(bytes)).rejects.toMatchObject({ code: 'unprocessable' })
    await wait(29)
    expect(await forgetRejected(ctx)).toBe(0)
    expect(await isStored(bytes)).toBe(true)
    await wait(2)
    expect(await forgetRejected(ctx)).toBe(1)
    expect([await isStored(bytes), await hasRow(bytes)]).toEqual([false, false])
    const { items } = await listUploads(ctx, system, { repo: 'tools', limit: 1 })
    const { report } = await getUpload(ctx, system, { repo: 'tools', id: items[0]?.id as string })
    expect(report.map(({ level }) => level)).toEqual(['error', 'note'])
    expect(report[1]?.message).toContain(hex('sha256', bytes))
    expect(await forgetRejected(ctx)).toBe(0)
  })

  it('stay where anything else has the same', async () => {
    const [packaged, waiting, mirrored] = [foreign('packaged'), foreign('waiting'), foreign('mirrored')]
    for (const bytes of [packaged, waiting, mirrored]) await expect(send(bytes)).rejects.toThrow()
    await send(packaged, 'other')
    const upload = await ctx.db.aptUpload.create({
      data: { repository: { connect: { name: 'tools' } }, branch: 'unstable', via: 'put', actorName: 'A' },
    })
    const digests = { sha256: hex('sha256', waiting), sha1: hex('sha1', waiting), md5: hex('md5', waiting) }
    await ctx.db.aptUploadFile.create({
      data: { uploadId: upload.id, name: 'waiting.deb', size: waiting.length, ...digests },
    })
    const { id: imageId } = await ctx.db.image.create({
      data: { registry: 'registry.example.org', repository: 'x', digest: `sha256:${'0'.repeat(64)}` },
    })
    await ctx.db.imagePart.create({
      data: {
        ...{
          imageId,
          digest: `sha256:${hex('sha256', mirrored)}`,
          mediaType: 'x/y',
          kind: 'layer',
          size: 1,
          position: 0,
        },
        sha256: hex('sha256', mirrored),
      },
    })
    await wait(31)
    expect(await forgetRejected(ctx)).toBe(3)
    for (const bytes of [packaged, waiting, mirrored]) {
      expect([await isStored(bytes), await hasRow(bytes)]).toEqual([true, true])
    }
  })

  it('stay for somebody who came upon them and has not written so yet', async () => {
    const bytes = foreign('again')
    await expect(send(bytes)).rejects.toThrow()
    await wait(31)
    const received = await ctx.blobs.receive(Readable.from([bytes]))
    await received.commit()
    expect(await forgetRejected(ctx)).toBe(0)
    await recordBlob(ctx.db, received)
    expect([await isStored(bytes), await hasRow(bytes)]).toEqual([true, true])
    await wait(8)
    expect(await forgetRejected(ctx)).toBe(1)
    expect([await isStored(bytes), await hasRow(bytes)]).toEqual([false, false])
  })

  it('are brought again by who stores them while they go', async () => {
    const bytes = foreign('meanwhile')
    await expect(send(bytes)).rejects.toThrow()
    await wait(31)
    const received = await ctx.blobs.receive(Readable.from([bytes]))
    let committed: Promise<void> | undefined
    const storage = Object.create(ctx.storage, {
      remove: {
        async value(key: string) {
          // Whoever comes now must not take what is about to go for stored.
          committed = received.commit()
          await ctx.storage.remove(key)
        },
      },
    })
    expect(await forgetRejected({ ...ctx, storage })).toBe(1)
    await committed
    await recordBlob(ctx.db, received)
    expect([await isStored(bytes), await hasRow(bytes)]).toEqual([true, true])
  })
})
