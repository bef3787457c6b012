import { beforeAll, expect, it } from 'vitest'
import type { Problem } from '@/server/http/schema'
import { ensureAuthority } from '@/server/proxy/authority-store'
import type { Authority } from '@/server/proxy/schema'
import { createSecret, openTestApi } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { makeAuthority } from '@/test/support/openssl'
import { createActor } from '@/test/support/people'

const ctx = await openTestContext()
const { call } = openTestApi(ctx)
let token: string

beforeAll(async () => {
  token = await createSecret(ctx, await createActor(ctx, 'administrator'))
  await ensureAuthority(ctx)
})

async function list(): Promise<Authority[]> {
  const answer = await call('/authority', { token })
  return ((await answer.json()) as { items: Authority[] }).items
}

it('goes from the first root to an imported authority: list, rotate, import, retire', async () => {
  const [first] = await list()
  const rehearsed = await call('/authority/rotate?dryRun=true', { token, json: {} })
  expect([rehearsed.status, (await list()).length]).toEqual([201, 1])
  const rotated = await call('/authority/rotate', { token, json: { overlapHours: 0 } })
  expect((await rotated.json()) as Authority).toMatchObject({ standing: 'signing', origin: 'generated' })
  const { certificate, key } = makeAuthority({ name: 'Corporate CA' })
  const json = { certificatePem: certificate, privateKeyPem: key, overlapHours: 24 }
  const imported = await call('/authority/import', { token, json })
  expect((await imported.json()) as Authority).toMatchObject({
    standing: 'next',
    subject: 'O=Example, CN=Corporate CA',
  })
  const retired = await call(`/authority/${first?.id}/retire`, { token, method: 'POST' })
  expect(retired.status).toBe(200)
  expect((await list()).map(({ standing }) => standing)).toEqual(['next', 'signing', 'retired'])
})

it('answers a bad import with the field that is wrong', async () => {
  const json = { certificatePem: 'nothing', privateKeyPem: 'nothing' }
  const answer = await call('/authority/import', { token, json })
  const problem = (await answer.json()) as Problem
  expect([answer.status, problem.fields?.[0]?.path]).toEqual([400, 'privateKeyPem'])
})

it('never shows a key', async () => {
  const answer = await call('/authority', { token })
  expect(await answer.text()).not.toMatch(/KEY|pem/i)
})
