import { describe, expect, it } from 'vitest'
import { lockSeconds, StrangerLocks } from '@/server/auth/lock-out'

const at = (seconds: number) => new Date(seconds * 1000)

describe('lockSeconds', () => {
  it.each([
    [0, 0],
    [4, 0],
    [5, 30],
    [6, 60],
    [7, 120],
    [11, 1920],
    [12, 3600],
    [1000, 3600],
  ])('%i failures lock for %i s', (failures, seconds) => expect(lockSeconds(failures)).toBe(seconds))
})

describe('StrangerLocks', () => {
  it('locks an address that belongs to nobody like an account', () => {
    const locks = new StrangerLocks()
    for (let attempt = 1; attempt <= 5; attempt += 1) expect(locks.attempt('a', at(0))).toBeUndefined()
    expect(locks.attempt('a', at(1))).toBe(30_000)
    expect(locks.attempt('b', at(1))).toBeUndefined()
    expect(locks.attempt('a', at(30))).toBeUndefined()
    expect(locks.attempt('a', at(31))).toBe(90_000)
  })
})
