import { PassThrough, Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { patient } from '@/server/storage/patient'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Lets streams do what they can do now. */
const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

describe('a patient stream', () => {
  it('gives up a source that is silent while someone waits', async () => {
    const source = new PassThrough()
    source.write('half')
    const reading = expect(text(patient(source, { stallMs: 1000 }))).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The storage was silent for 1 s.',
    })
    await settled()
    vi.advanceTimersByTime(999)
    await settled()
    expect(source.destroyed).toBe(false)
    vi.advanceTimersByTime(1)
    await reading
    expect(source.destroyed).toBe(true)
  })

  it('waits anew after each chunk', async () => {
    const source = new PassThrough()
    const reading = text(patient(source, { stallMs: 1000 }))
    for (let index = 0; index < 5; index += 1) {
      await settled()
      vi.advanceTimersByTime(800)
      source.write('.')
    }
    source.end()
    expect(await reading).toBe('.....')
  })

  it('does not hurry a reader that takes its time', async () => {
    const bytes = Buffer.alloc(3_000_000, 1)
    const source = Readable.from([bytes.subarray(0, 1_500_000), bytes.subarray(1_500_000)])
    const stream = patient(source, { stallMs: 1000 })
    stream.once('readable', () => undefined)
    await settled()
    vi.advanceTimersByTime(100_000)
    expect((await buffer(stream)).equals(bytes)).toBe(true)
  })

  it('cuts off what is too much, and takes less for a fault', async () => {
    const source = () => Readable.from([Buffer.from('01234'), Buffer.from('56789')])
    expect(await text(patient(source(), { stallMs: 1000, length: 7 }))).toBe('0123456')
    await expect(text(patient(source(), { stallMs: 1000, length: 11 }))).rejects.toMatchObject({
      code: 'unavailable',
    })
  })

  it('ends with what is found at the end', async () => {
    const checked = () => {
      throw new Error('in the trailer')
    }
    await expect(text(patient(Readable.from(['x']), { stallMs: 1000, checked }))).rejects.toThrow(
      'in the trailer',
    )
  })

  it('destroys its source when it is destroyed, and passes on what destroys that', async () => {
    const source = new PassThrough()
    const stream = patient(source, { stallMs: 1000 })
    stream.destroy()
    await settled()
    expect(source.destroyed).toBe(true)
    const failing = new PassThrough()
    const reading = expect(text(patient(failing, { stallMs: 1000 }))).rejects.toThrow('its own')
    failing.destroy(new Error('its own'))
    await reading
  })
})
