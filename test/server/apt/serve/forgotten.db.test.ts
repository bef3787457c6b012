import { createHash } from 'node:crypto'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { parseRelease } from '@/server/apt/format/release'
import { place, unplace } from '@/server/apt/packages/placements'
import { changeBranches } from '@/server/apt/publish/change-branches'
import { forgetGenerations } from '@/server/apt/publish/forget-generations'
import { AptAnswerer } from '@/server/apt/serve/answer-apt'
import { system } from '@/server/auth/permissions'
import { HotBlobs } from '@/server/blobs/hot-blobs'
import { openContext } from '@/server/context'
import { listen } from '@/server/events'
import { newPackage } from '@/test/support/apt-packages'
import { addToBranch, createRepositoryRows } from '@/test/support/apt-repository-rows'
import { ask } from '@/test/support/ask'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()
const { env, log, secret } = ctx
const { connectionString: databaseUrl } = (ctx.pool as unknown as { options: { connectionString: string } })
  .options
/** The process that answers: what another one publishes is not in its memory. */
const reader = await openContext({ env, databaseUrl, secret, log })
const notices = await listen(reader.pool, log)
const server = new AptAnswerer({ ctx: reader, notices, hot: new HotBlobs() })
afterAll(async () => {
  server.close()
  await notices.close()
  await reader.close()
})

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')

describe('an index that was forgotten with its snapshot, and published again', () => {
  it.each([
    ['small', 100],
    ['large', 17 * 1024 * 1024],
  ])('is answered whole: a %s one', async (name, size) => {
    const repository = await createRepositoryRows(ctx, { name, contents: false, flatLayout: false })
    const { id: repositoryId } = repository
    await ctx.db.aptRepository.update({ where: { id: repositoryId }, data: { keepGenerations: 3 } })
    const request = { repositoryId, branches: ['unstable'], actor: system, cause: 'move' as const }
    const change = (how: typeof place, ids: readonly bigint[]) =>
      changeBranches(ctx, request, async (tx, locked) => {
        for (const branch of locked.branches.values()) await how(tx, locked, branch, ids)
        return { result: undefined }
      })
    const fields = `X-Large: ${'x'.repeat(size)}\n`
    const ids = await addToBranch(ctx, repository, 'unstable', [newPackage({ name: 'hello', fields })])
    const directory = 'main/binary-amd64'
    const release = (await ask(server, `/apt/${name}/dists/unstable/Release`)).body.toString()
    const file = parseRelease(release).files.find(({ path }) => path === `${directory}/Packages`)
    const target = `/apt/${name}/dists/unstable/${directory}/by-hash/SHA256/${file?.sha256}`
    const isWhole = async () => {
      const { status, body } = await ask(server, target)
      return status === 200 && sha256(body) === file?.sha256
    }
    expect(await isWhole()).toBe(true)

    await change(unplace, ids)
    for (let index = 0; index < 4; index += 1) {
      await addToBranch(ctx, repository, 'unstable', [newPackage({ name: `p${index}` })])
    }
    const old = { at: new Date(Date.now() - 10 * 86_400_000) }
    await ctx.db.aptPublication.updateMany({ where: { branch: { repositoryId } }, data: old })
    expect(await forgetGenerations(ctx)).toBeGreaterThan(0)
    const others = await ctx.db.aptPackage.findMany({ where: { repositoryId, name: { not: 'hello' } } })
    await change(
      unplace,
      others.map(({ id }) => id),
    )
    await change(place, ids)
    // Whoever asked before may be told once that it is gone.
    await vi.waitFor(async () => expect(await isWhole()).toBe(true))
  })
})
