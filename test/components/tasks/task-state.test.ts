import { describe, expect, it } from 'vitest'
import { isBytes, paceOfTask, secondsOfTask, stateOfTask, subjectHref } from '@/components/tasks/task-state'

const now = new Date('2026-06-15T12:00:20Z')
const running = {
  state: 'running',
  cancelRequested: false,
  startedAt: '2026-06-15T12:00:00Z',
  finishedAt: null,
  progress: { done: 200, total: 1000, unit: 'bytes', step: null },
} as const

describe('a task', () => {
  it('is cancelling from the request until it ends', () => {
    expect(stateOfTask(running)).toBe('running')
    expect(stateOfTask({ ...running, cancelRequested: true })).toBe('cancelling')
    const ended = { state: 'cancelled', cancelRequested: true, finishedAt: now.toISOString() } as const
    expect(stateOfTask(ended)).toBe('cancelled')
  })

  it('has run for as long as it has', () => {
    expect(secondsOfTask(running, now)).toBe(20)
    expect(secondsOfTask({ ...running, finishedAt: '2026-06-15T12:00:05Z' }, now)).toBe(5)
    expect(secondsOfTask({ ...running, startedAt: null }, now)).toBeNull()
  })

  it('tells its rate and what remains', () => {
    expect(paceOfTask(running, now)).toEqual({ rate: 10, remaining: 80 })
    const endless = { ...running, progress: { ...running.progress, total: null } }
    expect(paceOfTask(endless, now)).toEqual({ rate: 10, remaining: null })
  })

  it('tells no rate when there is nothing to judge by', () => {
    expect(paceOfTask({ ...running, progress: { ...running.progress, done: 0 } }, now)).toBeUndefined()
    expect(paceOfTask({ ...running, finishedAt: now.toISOString() }, now)).toBeUndefined()
    expect(paceOfTask({ ...running, startedAt: now.toISOString() }, now)).toBeUndefined()
  })

  it('knows units and subjects', () => {
    expect(isBytes('bytes')).toBe(true)
    expect(isBytes('files')).toBe(false)
    expect(subjectHref({ type: 'file', id: '01890a5d-ac96-774b-bcce-b302099a8057' })).toMatch(/^\/files\//)
    expect(subjectHref({ type: 'else', id: '01890a5d-ac96-774b-bcce-b302099a8057' })).toBeUndefined()
    expect(subjectHref(null)).toBeUndefined()
  })
})
