import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { descendants, installation, kill, killTree, type Started } from '@/test/support/installation'
import { ok, sampleBytes, stalling, startUpstream } from '@/test/support/upstream'

const here = await installation()
const fresh = await installation()
const other = await installation()
const upstream = await startUpstream()
afterAll(() => upstream.close())
const token = 'ent_a-token-that-the-operator-chose'
const portal = `http://127.0.0.1:${here.variables.ENTREPOT_WEB_PORT}/api/v1/openapi.json`
const answers = async () => expect((await fetch(portal)).status).toBe(200)

/** For what takes seconds where nothing else runs. */
const PATIENCE_MS = 120_000
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

async function api(path: string, body?: object) {
  const answer = await fetch(`http://127.0.0.1:${other.variables.ENTREPOT_WEB_PORT}/api/v1/${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  })
  return (await answer.json()) as { id: string }
}

function childOf(started: Started, part: string): number {
  const child = descendants(started.child.pid as number).find(({ command }) => command.includes(part))
  if (!child) throw new Error(`There is no ${part}.`)
  return child.pid
}

it('goes on after kill -9 of one part, and starts again after kill -9 of any or all', {
  timeout: 900_000,
}, async () => {
  const first = here.start()
  await first.ready()

  kill(childOf(first, 'worker.js'))
  await vi.waitFor(() => expect(first.output()).toContain('The worker is back.'), { timeout: PATIENCE_MS })
  expect(first.output()).toContain('The worker ended (SIGKILL); starting it again in 0.5 s.')
  kill(childOf(first, 'web.js'))
  await vi.waitFor(() => expect(first.output()).toContain('The portal is back.'), { timeout: PATIENCE_MS })
  await answers()

  kill(childOf(first, 'bin/postgres'))
  await vi.waitFor(() => expect(first.output()).toContain('Everything is back.'), { timeout: PATIENCE_MS })
  await answers()

  // The supervisor alone: its children notice and go, and its database is taken over.
  kill(first.child.pid as number)
  const second = here.start()
  await second.ready()
  await answers()

  killTree(second.child.pid as number)
  const third = here.start()
  expect(await third.ready()).toContain('automatic recovery in progress')
  await answers()
  third.child.kill('SIGTERM')
  expect(await third.ended).toBe(0)
})

it('finishes a fetch that kill -9 of everything cut off', { timeout: 900_000 }, async () => {
  const bytes = sampleBytes(2_000_000)
  const url = upstream.route('/tool-1.0.tar.gz', stalling(bytes, 1_000_000))
  const variables = { ENTREPOT_UPSTREAM_ALLOW: '127.0.0.0/8', ENTREPOT_ADMIN_TOKEN: token }
  const cutOff = other.start(variables)
  await cutOff.ready()
  const { id } = await api('files', { uri: url, reason: 'The build needs it', team: 'platform' })
  await vi.waitFor(
    async () => expect(await api(`files/${id}`)).toMatchObject({ state: 'fetching' }),
    PATIENCE_MS,
  )
  await vi.waitFor(() => expect(upstream.requests).toHaveLength(1), PATIENCE_MS)
  killTree(cutOff.child.pid as number)

  upstream.route('/tool-1.0.tar.gz', ok(bytes))
  await other.start(variables).ready()
  const stored = { state: 'stored', size: bytes.length, sha256: sha256(bytes) }
  await vi.waitFor(async () => expect(await api(`files/${id}`)).toMatchObject(stored), PATIENCE_MS)
  for (const drafts of ['.tmp', 'incoming'])
    expect(await readdir(join(other.data, 'storage', drafts))).toEqual([])
})

it('can be killed at any moment of its first start', { timeout: 900_000 }, async () => {
  const moments = [/Starting/, /starting PostgreSQL/, /ready to accept connections/, /worker is ready/]
  const shown: string[] = []
  for (const moment of moments) {
    const cutOff = fresh.start()
    await vi.waitFor(() => expect(cutOff.output()).toMatch(moment), { timeout: PATIENCE_MS, interval: 5 })
    killTree(cutOff.child.pid as number)
    await cutOff.ended
    shown.push(cutOff.output())
  }
  shown.push(await fresh.start().ready())
  // It is told until it was told once: the last kill may come after that, too.
  expect(shown.join('')).toMatch(/password \S{20,}/)
})
