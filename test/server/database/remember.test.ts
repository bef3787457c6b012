import { pino } from 'pino'
import { describe, expect, it, vi } from 'vitest'
import type { Context } from '@/server/context'
import { remember } from '@/server/database/remember'

function world() {
  let time = 0
  const ctx = { db: {}, now: () => new Date(time), log: pino({ level: 'silent' }) } as unknown as Context
  return { ctx, pass: (ms: number) => (time += ms) }
}

describe('an answer that is kept', () => {
  it('is given again while it is fresh, and renewed behind the back of who asks', async () => {
    const { ctx, pass } = world()
    let asked = 0
    const question = remember(
      async () => ++asked,
      () => 1000,
    )
    expect(await Promise.all([question(ctx), question(ctx)])).toEqual([1, 1])
    pass(999)
    expect(await question(ctx)).toBe(1)
    pass(1)
    expect(await question(ctx)).toBe(1)
    await vi.waitFor(async () => expect(await question(ctx)).toBe(2))
    expect(asked).toBe(2)
  })

  it('is not kept when it cost nothing', async () => {
    const { ctx, pass } = world()
    let took = 0
    let asked = 0
    const question = remember(
      async () => {
        pass(took)
        return ++asked
      },
      (ms) => ms * 10,
    )
    expect([await question(ctx), await question(ctx)]).toEqual([1, 2])
    took = 50
    expect([await question(ctx), await question(ctx)]).toEqual([3, 3])
  })

  it('outlives a failure to renew it; a first failure is not kept', async () => {
    const { ctx, pass } = world()
    const ask = vi
      .fn<() => Promise<string>>()
      .mockRejectedValueOnce(new Error('away'))
      .mockResolvedValueOnce('old')
    const question = remember(ask, () => 10)
    await expect(question(ctx)).rejects.toThrow('away')
    expect(await question(ctx)).toBe('old')
    pass(10)
    ask.mockRejectedValueOnce(new Error('away')).mockResolvedValue('new')
    expect(await question(ctx)).toBe('old')
    await vi.waitFor(async () => expect(await question(ctx)).toBe('new'))
  })

  it('belongs to one database', async () => {
    let asked = 0
    const question = remember(
      async () => ++asked,
      () => 1000,
    )
    expect([await question(world().ctx), await question(world().ctx)]).toEqual([1, 2])
  })
})
