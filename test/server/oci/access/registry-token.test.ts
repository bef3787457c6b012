import { createHmac, hkdfSync, randomUUID } from 'node:crypto'
import { SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import type { Grant } from '@/server/oci/access/caller'
import {
  issueRegistryToken,
  REGISTRY_TOKEN_SECONDS,
  readRegistryToken,
} from '@/server/oci/access/registry-token'

const start = new Date('2027-01-01T00:00:00Z')
const at = (seconds: number, secret = 'a secret of at least 32 characters.') => ({
  secret,
  now: () => new Date(start.getTime() + seconds * 1000),
})
const access: Grant[] = [{ type: 'repository', name: 'a/b', actions: ['pull'] }]
const bearer = { kind: 'token', id: randomUUID() } as const
const issue = async () => (await issueRegistryToken(at(0), 'hume', { bearer, access })).token
const refused = expect.objectContaining({ code: 'unauthenticated' })

describe('a registry token', () => {
  it('says who and what, until it ends', async () => {
    expect(await readRegistryToken(at(REGISTRY_TOKEN_SECONDS - 1), 'hume', await issue())).toEqual({
      bearer,
      access,
      endsAt: start.getTime() + REGISTRY_TOKEN_SECONDS * 1000,
    })
  })

  it.each([
    { kind: 'anonymous' },
    { kind: 'user', id: randomUUID(), version: 3 },
    { kind: 'workload', id: randomUUID() },
  ] as const)('speaks for $kind', async (who) => {
    const { token } = await issueRegistryToken(at(0), 'hume', { bearer: who, access: [] })
    expect(await readRegistryToken(at(0), 'hume', token)).toMatchObject({ bearer: who, access: [] })
  })

  it('ends', async () => {
    await expect(
      readRegistryToken(at(REGISTRY_TOKEN_SECONDS + 6), 'hume', await issue()),
    ).rejects.toMatchObject({
      message: 'This registry token has expired.',
    })
  })

  it('does not hold before it was issued, in another cluster, or under another secret', async () => {
    const token = await issue()
    await expect(readRegistryToken(at(-60), 'hume', token)).rejects.toEqual(refused)
    await expect(readRegistryToken(at(0), 'default', token)).rejects.toEqual(refused)
    await expect(readRegistryToken(at(0, 'another secret of 32 characters'), 'hume', token)).rejects.toEqual(
      refused,
    )
  })

  it('is not taken when it was changed', async () => {
    const [head = '', body = '', signature = ''] = (await issue()).split('.')
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
    claims.access[0].actions = ['*']
    const forged = Buffer.from(JSON.stringify(claims)).toString('base64url')
    await expect(readRegistryToken(at(0), 'hume', `${head}.${forged}.${signature}`)).rejects.toEqual(refused)
    const unsecured = new UnsecuredJWT(claims).encode()
    await expect(readRegistryToken(at(0), 'hume', unsecured)).rejects.toEqual(refused)
    await expect(readRegistryToken(at(0), 'hume', `${head}.${body}.`)).rejects.toEqual(refused)
  })

  it('is not a JWT that the same secret signed for something else', async () => {
    const [head = '', body = ''] = (await issue()).split('.')
    const signature = createHmac('sha256', at(0).secret).update(`${head}.${body}`).digest('base64url')
    await expect(readRegistryToken(at(0), 'hume', `${head}.${body}.${signature}`)).rejects.toEqual(refused)
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
    const key = new Uint8Array(hkdfSync('sha256', at(0).secret, '', 'entrepot registry tokens', 32))
    const signAs = (typ: string) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ }).sign(key)
    expect(await readRegistryToken(at(0), 'hume', await signAs('registry+jwt'))).toMatchObject({ bearer })
    await expect(readRegistryToken(at(0), 'hume', await signAs('JWT'))).rejects.toEqual(refused)
    const session = await new SignJWT({ id: bearer.id })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(at(0).secret))
    await expect(readRegistryToken(at(0), 'hume', session)).rejects.toEqual(refused)
  })
})
