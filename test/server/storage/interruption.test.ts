import { describe, expect, it } from 'vitest'
import { Interruption } from '@/server/storage/interruption'

describe('an interruption', () => {
  it('lets work give what it gives, and fail as it fails', async () => {
    const interruption = new Interruption()
    expect(await interruption.watch(Promise.resolve(1))).toBe(1)
    await expect(interruption.watch(Promise.reject(new Error('own')))).rejects.toThrow('own')
  })

  it('ends what waits and what comes, with its first reason', async () => {
    const interruption = new Interruption()
    const never = new Promise(() => undefined)
    const waiting = expect(interruption.watch(never)).rejects.toThrow('first')
    interruption.interrupt(new Error('first'))
    interruption.interrupt(new Error('second'))
    await waiting
    await expect(interruption.watch(Promise.resolve(1))).rejects.toThrow('first')
    await expect(interruption.watch(Promise.reject(new Error('unheard')))).rejects.toThrow('first')
  })
})
