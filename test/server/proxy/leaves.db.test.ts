import { X509Certificate } from 'node:crypto'
import { afterAll, expect, it, vi } from 'vitest'
import { listen } from '@/server/events'
import { ensureAuthority, offeredCertificates } from '@/server/proxy/authority-store'
import { Leaves } from '@/server/proxy/leaves'
import { rotateAuthority } from '@/server/proxy/rotate-authority'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'
import { startTestProxy } from '@/test/support/proxy'
import { openTunnel, secure } from '@/test/support/tunnel'

const ctx = await openTestContext()
const notices = await listen(ctx.pool, ctx.log)
afterAll(() => notices.close())

it('say why there are none, and come as soon as there is an authority', async () => {
  const leaves = new Leaves(ctx, notices)
  await expect(leaves.secureContext('example.org')).rejects.toMatchObject({ code: 'unavailable' })
  await ensureAuthority(ctx)
  await vi.waitFor(() => expect(leaves.secureContext('example.org')).resolves.toBeDefined())
  await leaves.secureContext('example.org')
  expect(leaves.minted).toBe(1)
  leaves.close()
})

it('come from the new authority in every process once it has taken over', async () => {
  const proxies = [await startTestProxy(ctx), await startTestProxy(ctx)]
  const issuers = () =>
    Promise.all(
      proxies.map(async ({ port }) => {
        const tunnel = await openTunnel(port, 'files.example.org:443')
        const socket = await secure(tunnel, {
          ca: (await offeredCertificates(ctx)).join(''),
          servername: 'files.example.org',
        })
        const leaf = socket.getPeerX509Certificate() as X509Certificate
        socket.destroy()
        return leaf.issuer
      }),
    )
  const [before] = await offeredCertificates(ctx)
  const { subject } = new X509Certificate(before ?? '')
  expect(await issuers()).toEqual([subject, subject])
  const administrator = await createActor(ctx, 'administrator')
  await rotateAuthority(ctx, administrator, { overlapHours: 0 })
  const [after] = await offeredCertificates(ctx)
  const next = new X509Certificate(after ?? '').subject
  expect(next).not.toBe(subject)
  await vi.waitFor(async () => expect(await issuers()).toEqual([next, next]))
})
