import { createHash, randomBytes } from 'node:crypto'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Meter } from '@/server/blobs/meter'

const hashOf = (algorithm: string, content: Buffer) => createHash(algorithm).update(content).digest('hex')

/** Keeps what comes. */
function collector() {
  const parts: Buffer[] = []
  const sink = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(part)
      setImmediate(done)
    },
  })
  return { sink, content: () => Buffer.concat(parts) }
}

describe('what passes', () => {
  it('is counted and hashed, and comes out as it went in, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 2_000 })), async (parts) => {
        const whole = Buffer.concat(parts)
        const meter = new Meter({ algorithms: ['sha512', 'sha256'] })
        const { sink, content } = collector()
        await pipeline(Readable.from(parts.map((part) => Buffer.from(part))), meter, sink)
        expect(content().equals(whole)).toBe(true)
        expect(meter.digests()).toEqual({ sha256: hashOf('sha256', whole), sha512: hashOf('sha512', whole) })
      }),
      { numRuns: 30 },
    )
  })

  it('has its progress told in order', async () => {
    const told: number[] = []
    const parts = [1_000_000, 1, 500_000].map((size) => randomBytes(size))
    await pipeline(
      Readable.from(parts),
      new Meter({ onProgress: (bytes) => told.push(bytes) }),
      collector().sink,
    )
    expect(told.at(-1)).toBe(1_500_001)
    expect(told).toEqual([...told].sort((a, b) => a - b))
  })

  it('may be as large as is allowed, and not a byte larger', async () => {
    const pass = (size: number) =>
      pipeline(
        Readable.from([Buffer.alloc(size - 1), Buffer.alloc(1)]),
        new Meter({ maxBytes: 1_000 }),
        collector().sink,
      )
    await pass(1_000)
    await expect(pass(1_001)).rejects.toMatchObject({ code: 'too_large' })
  })

  it('is taken no faster than it is wanted', async () => {
    let made = 0
    const endless = Readable.from(
      (function* () {
        for (;;) {
          made += 100_000
          yield Buffer.alloc(100_000)
        }
      })(),
    )
    const meter = endless.pipe(new Meter({}))
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(made).toBeLessThan(4_000_000)
    meter.destroy()
    endless.destroy()
  })
})
