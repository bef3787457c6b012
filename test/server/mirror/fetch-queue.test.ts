import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseEnv } from '@/server/env'
import { fetchQueue } from '@/server/mirror/fetch-queue'

const env = parseEnv({ ENTREPOT_FETCH_PER_HOST: '3' })

describe('the queue of a fetch', () => {
  it('is one of as many as a host may have, all of them used, and always the same for a file', () => {
    const ids = Array.from({ length: 200 }, () => randomUUID())
    const queues = new Set(ids.map((id) => fetchQueue(env, 'example.org', id)))
    expect(queues.size).toBe(3)
    for (const id of ids) expect(fetchQueue(env, 'example.org', id)).toBe(fetchQueue(env, 'example.org', id))
  })

  it('is of one host only', () => {
    const id = randomUUID()
    expect(fetchQueue(env, 'example.org', id)).not.toBe(fetchQueue(env, 'example.org:8080', id))
  })

  it('has a name the job queue takes, also for the longest host', () => {
    const host = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.org:65535`
    expect(fetchQueue(env, host, randomUUID()).length).toBeLessThanOrEqual(128)
    expect(fetchQueue(env, host, 'x').slice(0, -1)).not.toBe(fetchQueue(env, `e${host}`, 'x').slice(0, -1))
  })
})
