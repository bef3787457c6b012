import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import { blobKey } from '@/server/blobs/keys'
import { openBlobStore, recordBlob } from '@/server/blobs/store'
import { AppError, toAppError } from '@/server/errors'
import { sweepLeftovers } from '@/server/start/sweep'
import type { StorageDriver } from '@/server/storage/driver'
import { kill, startChild } from '@/test/support/child'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()
const root = join(ctx.env.ENTREPOT_DATA, 'storage')

const body = (...chunks: (Buffer | string)[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)))
const digest = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest('hex')
const code = (work: Promise<unknown>) => work.then(String, (error) => toAppError(error).code)

/** Every file of the storage; drafts too. */
async function stored(): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
}

describe('a body', () => {
  it('is hashed on its way in, and becomes a blob only by commit and row', async () => {
    const bytes = randomBytes(300_000)
    const seen: number[] = []
    const received = await ctx.blobs.receive(body(bytes.subarray(0, 100_000), bytes.subarray(100_000)), {
      algorithms: ['sha512', 'sha384'],
      onProgress: (count) => seen.push(count),
    })
    expect(received).toMatchObject({ size: 300_000, sha256: digest('sha256', bytes) })
    expect(received.digests).toEqual({
      sha256: digest('sha256', bytes),
      sha384: digest('sha384', bytes),
      sha512: digest('sha512', bytes),
    })
    expect(seen).toEqual([100_000, 300_000])
    expect(await code(ctx.blobs.read(received.sha256))).toBe('not_found')
    await received.commit()
    expect(await ctx.blobs.size(received.sha256)).toBeUndefined()
    await ctx.db.$transaction((tx) => recordBlob(tx, received))
    expect(await ctx.blobs.size(received.sha256)).toBe(300_000)
    expect((await buffer(await ctx.blobs.read(received.sha256))).equals(bytes)).toBe(true)
  })

  it('may be empty', async () => {
    const received = await ctx.blobs.receive(body())
    expect(received).toMatchObject({ size: 0, sha256: digest('sha256', Buffer.alloc(0)) })
    await received.discard()
  })

  it('is read in ranges', async () => {
    const received = await ctx.blobs.receive(body('0123456789'))
    await received.commit()
    expect((await buffer(await ctx.blobs.read(received.sha256, { start: 3, end: 6 }))).toString()).toBe(
      '3456',
    )
    expect(await code(ctx.blobs.read(received.sha256, { start: 3, end: 10 }))).toBe('range_not_satisfiable')
  })

  it('is kept once, however often and however simultaneously it comes', async () => {
    const bytes = randomBytes(50_000)
    const all = await Promise.all([1, 2, 3].map(() => ctx.blobs.receive(body(bytes))))
    await Promise.all(all.map((received) => received.commit()))
    await Promise.all(all.map((received) => ctx.db.$transaction((tx) => recordBlob(tx, received))))
    const again = await ctx.blobs.receive(body(bytes))
    await again.commit()
    expect((await stored()).filter((path) => path.includes(again.sha256))).toHaveLength(1)
    expect((await stored()).filter((path) => path.startsWith('incoming/'))).toEqual([])
    expect(await ctx.db.blob.count({ where: { sha256: again.sha256 } })).toBe(1)
    expect((await buffer(await ctx.blobs.read(again.sha256))).equals(bytes)).toBe(true)
  })
})

describe('a body that goes wrong leaves nothing', () => {
  const leaves = async (outcome: string, work: () => Promise<unknown>) => {
    const before = (await stored()).sort()
    expect(await code(work())).toBe(outcome)
    expect((await stored()).sort()).toEqual(before)
  }

  it('when it is larger than allowed; what comes after is not even read', () =>
    leaves('too_large', async () => {
      let given = 0
      const endless = Readable.from(
        (function* () {
          for (;;) {
            given += 1000
            yield Buffer.alloc(1000)
          }
        })(),
      )
      await ctx.blobs.receive(endless, { maxBytes: 10_000 }).finally(() => {
        expect(endless.destroyed).toBe(true)
        expect(given).toBeLessThan(5_000_000)
      })
    }))

  it('and may be exactly as large as allowed', async () => {
    const received = await ctx.blobs.receive(body('x'.repeat(10_000)), { maxBytes: 10_000 })
    expect(received.size).toBe(10_000)
    await received.discard()
  })

  it.each(['before', 'after'])(
    'when its source breaks %s the first byte, whose error is passed on',
    (moment) =>
      leaves('upstream_unreachable', () =>
        ctx.blobs.receive(
          Readable.from(
            (function* () {
              if (moment === 'after') yield Buffer.from('half')
              throw new AppError('upstream_unreachable', 'reset')
            })(),
          ),
        ),
      ),
  )

  it('when it is cancelled', () =>
    leaves('cancelled', async () => {
      const cancel = new AbortController()
      const source = new Readable({ read: () => undefined })
      source.push('half')
      const receiving = ctx.blobs.receive(source, { signal: cancel.signal, onProgress: () => cancel.abort() })
      await receiving.finally(() => expect(source.destroyed).toBe(true))
    }))

  it('when it is discarded', () =>
    leaves('undefined', async () => {
      const received = await ctx.blobs.receive(body('unwanted'))
      await received.discard()
    }))

  it.each(['before', 'after'] as const)(
    'when the disk is full %s the first byte, and ends its source',
    async (moment) => {
      const noSpace = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
      const full: StorageDriver = {
        ...ctx.storage,
        async write(_key, source) {
          if (moment === 'before') throw noSpace
          await pipeline(source, new Writable({ write: (_chunk, _encoding, done) => done(noSpace) }))
          return 0
        },
      }
      const source = new Readable({ read: () => undefined })
      source.on('error', () => undefined).push(Buffer.alloc(1_000_000))
      await leaves('storage_full', () => openBlobStore(full, ctx.db).receive(source))
      await expect.poll(() => source.destroyed).toBe(true)
    },
  )

  it('when its process is killed, but for what the sweep removes', async () => {
    const before = (await stored()).sort()
    const { child } = await startChild(ctx, 'receive-child.ts')
    await kill(child)
    const left = (await stored()).filter((path) => !before.includes(path))
    expect(left).toHaveLength(1)
    expect(left[0]).toMatch(/^\.tmp\//)
    expect(await sweepLeftovers(ctx, 0)).toBe(1)
    expect((await stored()).sort()).toEqual(before)
  })
})

describe('commit', () => {
  it('replaces bytes of another size that lie under the name, as a torn copy would', async () => {
    const received = await ctx.blobs.receive(body('the whole'))
    await ctx.storage.write(blobKey(received.sha256), body('the'))
    await received.commit()
    expect((await buffer(await ctx.blobs.read(received.sha256))).toString()).toBe('the whole')
  })
})
