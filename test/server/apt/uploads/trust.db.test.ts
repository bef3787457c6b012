import { describe, expect, it } from 'vitest'
import { addUploader } from '@/server/apt/keys/add-uploader'
import { removeUploader } from '@/server/apt/keys/remove-uploader'
import { UploadAnswerer } from '@/server/apt/uploads/answer-upload'
import { buildChanges, clearsigned, put, someone } from '@/test/server/apt/uploads/upload-files'
import { createSecret } from '@/test/support/api'
import { createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'
import { buildDeb } from '@/test/support/debs'
import { createActor } from '@/test/support/people'
import { lockWaiters } from '@/test/support/registry-push'

const ctx = await openTestContext()
const answerer = new UploadAnswerer({ ctx })
const maintainer = await createActor(ctx, 'maintainer')
const token = await createSecret(ctx, await createActor(ctx, 'member'), { scopes: ['push'] })
const { key, publicKey } = await someone('uploader')
const deb = buildDeb({ name: 'hello' })
const changes = buildChanges({ source: 'hello', version: '1.0', files: [deb] })
/** As long as the test may take, on however slow a machine. */
const HELD = { timeout: 300_000 }

/** Sends a whole upload, of which the rest waits for its branch while something is done. */
async function sendWhile(repo: string, file: typeof changes, meanwhile: (id: string) => Promise<unknown>) {
  const { id } = await ctx.db.aptRepository.findUniqueOrThrow({ where: { name: repo } })
  const path = `${repo}/unstable`
  expect((await put(answerer, token, path, deb)).status).toBe(201)
  let sent: ReturnType<typeof put> | undefined
  await ctx.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM apt_branches WHERE repository_id = ${id}::uuid FOR UPDATE`
    sent = put(answerer, token, path, file)
    await expect.poll(() => lockWaiters(ctx)).toBe(1)
    await meanwhile(id)
  }, HELD)
  const answer = await sent
  return { answer, count: await ctx.db.aptPlacement.count({ where: { branch: { repositoryId: id } } }) }
}

describe('an upload that waits for its branch', () => {
  it('is refused when its uploader is removed meanwhile', async () => {
    await createRepositoryRows(ctx, { name: 'removed' })
    const { id } = await addUploader(ctx, maintainer, { repo: 'removed', publicKey })
    const { answer, count } = await sendWhile('removed', await clearsigned(changes, key), () =>
      removeUploader(ctx, maintainer, { repo: 'removed', id }),
    )
    expect([answer?.status, count]).toEqual([403, 0])
    expect(answer?.text).toContain('not one of those that may sign here')
  })

  it('is judged by what is known of its key by then', async () => {
    await createRepositoryRows(ctx, { name: 'renewed' })
    const { id } = await addUploader(ctx, maintainer, { repo: 'renewed', publicKey })
    const stranger = await someone('stranger')
    const { answer, count } = await sendWhile('renewed', await clearsigned(changes, key), () =>
      ctx.db.aptUploader.update({ where: { id }, data: { publicKey: stranger.publicKey } }),
    )
    expect([answer?.status, count]).toEqual([403, 0])
  })

  it('is refused when signatures come to be required meanwhile', async () => {
    const { id: repositoryId } = await createRepositoryRows(ctx, { name: 'tightened' })
    const { answer, count } = await sendWhile('tightened', changes, () =>
      ctx.db.aptRepository.update({ where: { id: repositoryId }, data: { signaturePolicy: 'required' } }),
    )
    expect([answer?.status, count]).toEqual([403, 0])
    expect(answer?.text).toContain('takes signed uploads only')
  })

  it('is accepted when nothing of that changed', async () => {
    await createRepositoryRows(ctx, { name: 'same' })
    await addUploader(ctx, maintainer, { repo: 'same', publicKey })
    const other = await someone('other')
    const { answer, count } = await sendWhile('same', await clearsigned(changes, key), () =>
      addUploader(ctx, maintainer, { repo: 'same', publicKey: other.publicKey }),
    )
    expect([answer?.status, count]).toEqual([201, 1])
  })
})
