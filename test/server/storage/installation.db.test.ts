import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { incomingKey } from '@/server/blobs/keys'
import { recordBlob } from '@/server/blobs/store'
import { sweepLeftovers } from '@/server/start/sweep'
import { openTestContext } from '@/test/support/context'
import { startS3 } from '@/test/support/s3'
import { startYt } from '@/test/support/yt-server'

// Every part of an installation works on every storage: what is declared, uploaded and swept.

const s3 = await startS3()
const yt = await startYt()
afterAll(async () => {
  await s3.close()
  await yt.close()
})
const contexts = {
  s3: await openTestContext({ ENTREPOT_STORAGE: s3.place('whole') }),
  yt: await openTestContext({
    ENTREPOT_STORAGE: yt.place('//home/whole'),
    ENTREPOT_YT_TOKEN: 'service-token',
  }),
}

describe.each(['s3', 'yt'] as const)('an installation on %s', (name) => {
  const ctx = contexts[name]

  it('receives a body, serves ranges of it, and keeps equal ones once', async () => {
    const bytes = Buffer.alloc(3_000_000, 'abc')
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const chunks = Array.from({ length: 30 }, (_, at) => bytes.subarray(at * 100_000, (at + 1) * 100_000))
    for (let time = 0; time < 2; time += 1) {
      const received = await ctx.blobs.receive(Readable.from(chunks))
      expect(received).toMatchObject({ sha256, size: bytes.length })
      await received.commit()
      await ctx.db.$transaction((tx) => recordBlob(tx, received))
    }
    expect(await ctx.blobs.size(sha256)).toBe(bytes.length)
    const part = await buffer(await ctx.blobs.read(sha256, { start: 1_000_000, end: 1_000_009 }))
    expect(part.equals(bytes.subarray(1_000_000, 1_000_010))).toBe(true)
    const keys: string[] = []
    for await (const key of ctx.storage.list('')) keys.push(key)
    expect(keys).toEqual([`blobs/sha256/${sha256.slice(0, 2)}/${sha256}`])
  })

  it('leaves nothing of a body that is too large', async () => {
    const body = Readable.from([Buffer.alloc(1000), Buffer.alloc(1000)])
    await expect(ctx.blobs.receive(body, { maxBytes: 1500 })).rejects.toMatchObject({ code: 'too_large' })
    const incoming: string[] = []
    for await (const key of ctx.storage.list(incomingKey(''))) incoming.push(key)
    expect(incoming).toEqual([])
  })

  it('sweeps what became no blob', async () => {
    await ctx.storage.write(incomingKey('0194c1de-0000-7000-8000-000000000000'), Readable.from(['x']))
    expect(await sweepLeftovers(ctx, 3_600_000)).toBe(0)
    expect(await sweepLeftovers(ctx, -1000)).toBe(1)
  })
})
