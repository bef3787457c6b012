import { afterAll, expect, it, vi } from 'vitest'
import { listen } from '@/server/events'
import { declareImage } from '@/server/images/declare-image'
import { getImage } from '@/server/images/get-image'
import { cancelTask } from '@/server/tasks/cancel-task'
import { buildImage } from '@/test/support/build-image'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'
import { startRegistry } from '@/test/support/upstream-registry'
import { startJobs } from '@/workers/jobs'

const ctx = await openTestContext({ ENTREPOT_FETCH_RETRY_SECONDS: '0.01' })
const notices = await listen(ctx.pool, ctx.log)
const jobs = await startJobs(ctx, notices)
const registry = await startRegistry()
const team = await createTeam(ctx)
const member = await createActor(ctx, 'member', [team])
afterAll(async () => {
  await jobs.stop()
  await notices.close()
  await registry.close()
})

async function declared(content: string) {
  const image = buildImage({ layers: [content] })
  registry.push('org/img', image)
  const reference = `${registry.name}/org/img@${image.digest}`
  const { image: row } = await declareImage(ctx, member, { reference, reason: 'To test.', team: team.slug })
  return { ...row, layer: image.blobs[1]?.digest ?? '' }
}

it('a declared image is fetched by the jobs, after a fault that passes, and its task tells how far it came', async () => {
  let refused = 0
  registry.behaviour.intercept = (_request, response) => {
    refused += 1
    if (refused <= 2) response.writeHead(503).end()
    return refused <= 2
  }
  const { id, taskId } = await declared('by the jobs')
  await vi.waitFor(async () => expect((await getImage(ctx, member, { id })).state).toBe('stored'))
  await vi.waitFor(async () => {
    const task = await ctx.db.task.findUniqueOrThrow({ where: { id: taskId ?? '' } })
    expect(task).toMatchObject({
      kind: 'fetch_image',
      state: 'succeeded',
      step: expect.stringMatching(/^3 of 3 parts/),
    })
    expect(task.done).toBe(task.total)
    expect(task.attempts).toBeGreaterThan(1)
  })
})

it('a fetch that somebody cancels ends at once, and says so', async () => {
  const asked = new Promise<void>((resolve) => {
    registry.behaviour.intercept = ({ url }) => {
      const isHeld = url?.includes('/blobs/') ?? false
      if (isHeld) resolve()
      return isHeld
    }
  })
  const { id, taskId } = await declared('cancelled')
  await asked
  await cancelTask(ctx, member, { id: taskId ?? '' })
  await vi.waitFor(async () =>
    expect(await getImage(ctx, member, { id })).toMatchObject({ state: 'failed', errorCode: 'cancelled' }),
  )
  delete registry.behaviour.intercept
})
