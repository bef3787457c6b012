import { describe, expect, it } from 'vitest'
import { transact } from '@/server/database/transact'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()
const slugs = async () => (await ctx.db.team.findMany()).map(({ slug }) => slug)

describe('transact', () => {
  it('changes, or rehearses with the same result', async () => {
    const add = (slug: string, dryRun: boolean) =>
      transact(ctx, { dryRun }, async (tx) => (await tx.team.create({ data: { slug, name: slug } })).slug)
    expect(await add('rehearsed', true)).toBe('rehearsed')
    expect(await add('made', false)).toBe('made')
    expect(await slugs()).toEqual(['made'])
    await expect(add('made', true)).rejects.toMatchObject({ code: 'P2002' })
  })

  it('hands on what the work throws, and takes the change back', async () => {
    const fail = (dryRun: boolean) =>
      transact(ctx, { dryRun }, async (tx) => {
        await tx.team.create({ data: { slug: 'gone', name: 'gone' } })
        throw new Error('no')
      })
    await expect(fail(true)).rejects.toThrow('no')
    await expect(fail(false)).rejects.toThrow('no')
    expect(await slugs()).not.toContain('gone')
  })

  it('gives a result of undefined as such', async () => {
    expect(await transact(ctx, { dryRun: true }, async () => undefined)).toBeUndefined()
  })
})
