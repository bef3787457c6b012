import { describe, expect, it } from 'vitest'
import { BranchQueue } from '@/server/apt/publish/branch-queue'

/** A queue of jobs that last until they are told to end, and the names of those that began. */
function heldQueue() {
  const ends = new Map<string, () => void>()
  const begun: string[] = []
  const queue = new BranchQueue<string>(async (jobs) => {
    begun.push(...jobs)
    await Promise.all(jobs.map((job) => new Promise<void>((end) => ends.set(job, end))))
  })
  const add = (job: string, keys: string[], wait = true) => queue.add(keys, job, { wait })
  return { add, begun, end: (job: string) => ends.get(job)?.() }
}

describe('a change that may not wait', () => {
  it('is refused while its branch is busy, or wanted by somebody who waits', () => {
    const { add, begun } = heldQueue()
    add('first', ['a'])
    expect(() => add('second', ['a', 'b'], false)).toThrow('Another change of this branch is under way.')
    add('third', ['a', 'c'])
    expect(() => add('fourth', ['c'], false)).toThrow('Another change of this branch is under way.')
    add('fifth', ['d'], false)
    expect(begun).toEqual(['first', 'fifth'])
  })

  it('takes its turn where others alone are busy', async () => {
    const { add, begun, end } = heldQueue()
    for (const key of ['a', 'b', 'c', 'd']) add(key, [key])
    add('mine', ['e'], false)
    expect(() => add('another', ['e'], false)).toThrow('Another change of this branch is under way.')
    expect(begun).toEqual(['a', 'b', 'c', 'd'])
    end('b')
    await expect.poll(() => begun).toEqual(['a', 'b', 'c', 'd', 'mine'])
  })
})
