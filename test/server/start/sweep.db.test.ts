import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { blobKey, incomingKey } from '@/server/blobs/keys'
import { sweepLeftovers } from '@/server/start/sweep'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()
const body = () => Readable.from([Buffer.from('bytes')])

it('removes what interrupted writes left, of that age, and nothing else', async () => {
  const drafts = join(ctx.env.ENTREPOT_DATA, 'storage/.tmp')
  const blob = blobKey('ab'.repeat(32))
  await ctx.storage.write(incomingKey('left-behind'), body())
  await ctx.storage.write(blob, body())
  await writeFile(join(drafts, 'draft'), 'half')

  expect(await sweepLeftovers(ctx, 60_000)).toBe(0)
  const anHourLater = { ...ctx, now: () => new Date(Date.now() + 3_600_000) }
  expect(await sweepLeftovers(anHourLater, 60_000)).toBe(1)
  expect(await readdir(drafts)).toEqual(['draft'])
  expect(await sweepLeftovers(ctx, -1)).toBe(1)
  expect(await readdir(drafts)).toEqual([])
  expect(await ctx.storage.stat(blob)).toBeDefined()
})
