import { mkdir, readFile, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { descendants, installation } from '@/test/support/installation'

const mode = async (path: string) => (await stat(path)).mode & 0o777

describe('the first start, the second, and both at once', async () => {
  const here = await installation()

  it('brings all up, says how to go on, and stops in order', { timeout: 300_000 }, async () => {
    const first = here.start()
    const said = await first.ready()
    const { ENTREPOT_WEB_PORT: port, ENTREPOT_PROXY_PORT: proxyPort } = here.variables
    expect(said).toContain(`Portal   http://127.0.0.1:${port}`)
    expect(said).toMatch(/Sign in {2}admin@example\.org {2}password \S{20,}/)
    expect(said).toMatch(/Token {4}ent_\S{40,}/)
    expect(said).toContain(`Proxy    http://127.0.0.1:${proxyPort}`)
    expect(said).toContain(`CA       ${here.data}/ca.crt`)
    expect(said).toContain('npx entrepot declare')

    const token = /Token +(ent_\S+)/.exec(said)?.[1]
    const me = await fetch(`http://127.0.0.1:${port}/api/v1/me`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(await me.json()).toMatchObject({ role: 'administrator' })
    expect(await readFile(join(here.data, 'ca.crt'), 'utf8')).toContain('BEGIN CERTIFICATE')
    for (const secret of ['secret', 'running.json']) expect(await mode(join(here.data, secret))).toBe(0o600)
    expect(await mode(here.data)).toBe(0o700)

    const second = here.start()
    expect(await second.ended).toBe(1)
    expect(second.output()).toContain(`Entrepôt already runs on ${here.data} (pid ${first.child.pid}).`)

    first.child.kill('SIGINT')
    expect(await first.ended).toBe(0)
    expect(descendants(process.pid).filter(({ command }) => command.includes('.build/'))).toEqual([])
    await expect(stat(join(here.data, 'running.json'))).rejects.toThrow('ENOENT')
  })

  it('starts again after a clean stop of the database, and shows no secret twice', {
    timeout: 300_000,
  }, async () => {
    const two = [here.start(), here.start()]
    const [refused] = await Promise.race(
      two.map((one, index) => one.ended.then((code) => [{ code, output: one.output(), index }] as const)),
    )
    expect(refused.code).toBe(1)
    expect(refused.output).toMatch(/^Entrepôt already runs on .* \(pid \d+\)\.$/m)
    const winner = two[1 - refused.index]
    const said = (await winner?.ready()) ?? ''
    expect(said).toContain('Sign in  admin@example.org\n')
    expect(said).not.toMatch(/password |Token /)
    expect(said).toContain('database system was shut down at')
    expect(said).not.toMatch(/not properly shut down|recovery in progress/)
    winner?.child.kill('SIGTERM')
    expect(await winner?.ended).toBe(0)
  })
})

const other = await installation()
it('keeps the first password until it was shown', { timeout: 300_000 }, async () => {
  await mkdir(join(other.data, 'ca.crt'))
  const cutOff = other.start()
  expect(await cutOff.ended).toBe(1)
  expect(cutOff.output()).not.toContain('password')
  const kept = JSON.parse(await readFile(join(other.data, 'first-sign-in'), 'utf8')) as { password: string }
  expect(await mode(join(other.data, 'first-sign-in'))).toBe(0o600)
  await rmdir(join(other.data, 'ca.crt'))
  const next = other.start()
  expect(await next.ready()).toContain(`password ${kept.password}`)
  await vi.waitFor(() => expect(stat(join(other.data, 'first-sign-in'))).rejects.toThrow('ENOENT'))
})
