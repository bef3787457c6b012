import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { beforeEach, describe, expect, it } from 'vitest'
import type { AppError } from '@/server/errors'
import type { StorageDriver } from '@/server/storage/driver'
import { guarded } from '@/server/storage/guarded'

/** A storage of its own for one test, empty. */
export interface OpenedStorage {
  driver: StorageDriver
  /** All that lies there, drafts of writes included: a test fails when it leaves some behind. */
  leftovers(): Promise<string[]>
}

const text = (value: string) => Readable.from([Buffer.from(value)])
const code = (work: Promise<unknown>) => work.then(String, (error: AppError) => error.code ?? error.message)

async function list(driver: StorageDriver, prefix: string): Promise<string[]> {
  const keys: string[] = []
  for await (const key of driver.list(prefix)) keys.push(key)
  return keys.sort()
}

/**
 * What every storage driver must do, whatever it stands on.
 * @param open gives a new, empty storage for each test.
 */
export function storageDriverContract(name: string, open: () => Promise<OpenedStorage>): void {
  let driver: StorageDriver
  let leftovers: OpenedStorage['leftovers']
  beforeEach(async () => {
    const opened = await open()
    driver = guarded(opened.driver)
    leftovers = opened.leftovers
  })

  describe(`storage driver ${name}: reading and writing`, () => {
    it('gives back the bytes that were written, and their number', async () => {
      expect(await driver.write('a/b/c.bin', text('hello'))).toBe(5)
      expect((await buffer(await driver.read('a/b/c.bin'))).toString()).toBe('hello')
      expect(await driver.stat('a/b/c.bin')).toMatchObject({ size: 5 })
    })

    it('keeps every byte of a large body', async () => {
      const hash = createHash('sha256')
      const chunks = function* () {
        for (let index = 0; index < 160; index += 1) {
          const chunk = Buffer.alloc(65_521, index)
          hash.update(chunk)
          yield chunk
        }
      }
      expect(await driver.write('large', Readable.from(chunks()))).toBe(160 * 65_521)
      const read = createHash('sha256')
      for await (const chunk of await driver.read('large')) read.update(chunk)
      expect(read.digest('hex')).toBe(hash.digest('hex'))
    })

    it('stores an empty body', async () => {
      expect(await driver.write('empty', Readable.from([]))).toBe(0)
      expect((await buffer(await driver.read('empty'))).length).toBe(0)
    })

    it('replaces an object by a later write', async () => {
      await driver.write('a', text('first'))
      await driver.write('a', text('2nd'))
      expect((await buffer(await driver.read('a'))).toString()).toBe('2nd')
    })

    it.each([
      [{ start: 0, end: 0 }, '0'],
      [{ start: 2, end: 5 }, '2345'],
      [{ start: 9, end: 9 }, '9'],
      [{ start: 0, end: 9 }, '0123456789'],
    ])('reads the range %j', async (range, expected) => {
      await driver.write('digits', text('0123456789'))
      expect((await buffer(await driver.read('digits', range))).toString()).toBe(expected)
    })

    it.each([
      { start: 0, end: 10 },
      { start: 10, end: 10 },
      { start: 5, end: 4 },
    ])('refuses the range %j of ten bytes', async (range) => {
      await driver.write('digits', text('0123456789'))
      expect(await code(driver.read('digits', range))).toBe('range_not_satisfiable')
    })

    it('says so when there is no object', async () => {
      expect(await code(driver.read('none/at/all'))).toBe('not_found')
      expect(await driver.stat('none/at/all')).toBeUndefined()
      await driver.write('none', text('a file where a directory would be'))
      expect(await code(driver.read('none/at/all'))).toBe('not_found')
    })

    it('gives readers what they opened, although the object goes', async () => {
      await driver.write('a', text('still here'))
      const reader = await driver.read('a')
      await driver.remove('a')
      expect((await buffer(reader)).toString()).toBe('still here')
    })

    it('lets a reader leave half-way', async () => {
      await driver.write('a', Readable.from([Buffer.alloc(3_000_000)]))
      const reader = await driver.read('a')
      for await (const _ of reader) break
      expect(reader.destroyed).toBe(true)
    })
  })

  describe(`storage driver ${name}: feeding`, () => {
    const fed = async (key: string, range?: { start: number; end: number }) => {
      const chunks: Buffer[] = []
      await driver.feed(key, async (chunk) => void chunks.push(Buffer.from(chunk)), range)
      return Buffer.concat(chunks)
    }

    it('hands over the same bytes as reading, in order', async () => {
      const bytes = Buffer.concat(Array.from({ length: 5000 }, (_, index) => Buffer.alloc(1001, index)))
      await driver.write('a', Readable.from([bytes]))
      expect((await fed('a')).equals(bytes)).toBe(true)
      const part = await fed('a', { start: 1_048_570, end: 3_000_000 })
      expect(part.equals(bytes.subarray(1_048_570, 3_000_001))).toBe(true)
    })

    it('waits for its sink, and hands over nothing twice at once', async () => {
      await driver.write('a', Readable.from([Buffer.alloc(5_000_000)]))
      let busy = 0
      let most = 0
      await driver.feed('a', async () => {
        busy += 1
        most = Math.max(most, busy)
        await new Promise((resolve) => setImmediate(resolve))
        busy -= 1
      })
      expect(most).toBe(1)
    })

    it('ends with what its sink throws', async () => {
      await driver.write('a', Readable.from([Buffer.alloc(5_000_000)]))
      let calls = 0
      const feeding = driver.feed('a', async () => {
        calls += 1
        throw new Error('the client left')
      })
      expect(await code(feeding)).toBe('the client left')
      expect(calls).toBe(1)
    })

    it('refuses as reading does, before its sink is called', async () => {
      await driver.write('digits', text('0123456789'))
      const never = async () => expect.unreachable()
      expect(await code(driver.feed('none', never))).toBe('not_found')
      expect(await code(driver.feed('digits', never, { start: 0, end: 10 }))).toBe('range_not_satisfiable')
    })
  })

  describe(`storage driver ${name}: all or nothing`, () => {
    it('shows nothing of a write before its end', async () => {
      let open: () => void = () => undefined
      const opened = new Promise<void>((resolve) => {
        open = resolve
      })
      const body = Readable.from(
        (async function* () {
          yield Buffer.from('half')
          await opened
          yield Buffer.from('done')
        })(),
      )
      const written = driver.write('a', body)
      expect(await driver.stat('a')).toBeUndefined()
      expect(await list(driver, '')).toEqual([])
      open()
      expect(await written).toBe(8)
    })

    it('leaves nothing when the source fails, and passes its error on', async () => {
      const body = Readable.from(
        (async function* () {
          yield Buffer.from('half')
          throw new Error('the source broke')
        })(),
      )
      expect(await code(driver.write('a', body))).toBe('the source broke')
      expect(await leftovers()).toEqual([])
    })

    it('leaves nothing when it is cancelled', async () => {
      const cancel = new AbortController()
      const body = new Readable({ read: () => undefined })
      body.push('half')
      const written = code(driver.write('a', body, { signal: cancel.signal }))
      cancel.abort()
      expect(await written).toBe('cancelled')
      expect(await leftovers()).toEqual([])
    })

    it('leaves nothing of a large body that is cancelled, and lets go of its source', async () => {
      const cancel = new AbortController()
      let given = 0
      const body = Readable.from(
        (async function* () {
          for (;;) {
            given += 1
            if (given === 90) cancel.abort()
            await new Promise((resolve) => setImmediate(resolve))
            yield Buffer.alloc(256 * 1024)
          }
        })(),
      )
      expect(await code(driver.write('a', body, { signal: cancel.signal }))).toBe('cancelled')
      expect(body.destroyed).toBe(true)
      expect(await leftovers()).toEqual([])
    })

    it('does not begin when it is cancelled already', async () => {
      expect(await code(driver.write('a', text('x'), { signal: AbortSignal.abort() }))).toBe('cancelled')
      expect(await leftovers()).toEqual([])
    })

    it('keeps the earlier object when a later write fails', async () => {
      await driver.write('a', text('first'))
      await code(
        driver.write(
          'a',
          Readable.from(
            (function* () {
              yield Buffer.from('sec')
              throw new Error('no')
            })(),
          ),
        ),
      )
      expect((await buffer(await driver.read('a'))).toString()).toBe('first')
      expect(await leftovers()).toEqual(['a'])
    })
  })

  describe(`storage driver ${name}: many at a time`, () => {
    it('lets writers of one key follow one another, and keeps one body whole', async () => {
      const bodies = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(200_000))
      const slow = (body: string) =>
        Readable.from(
          (async function* () {
            for (let at = 0; at < body.length; at += 50_000) {
              yield Buffer.from(body.slice(at, at + 50_000))
              await new Promise((resolve) => setImmediate(resolve))
            }
          })(),
        )
      const written = await Promise.all(bodies.map((body) => driver.write('one', slow(body))))
      expect(written).toEqual([200_000, 200_000, 200_000, 200_000])
      expect(bodies).toContain((await buffer(await driver.read('one'))).toString())
      expect(await leftovers()).toEqual(['one'])
    })

    it('takes writers of neighbouring keys where no key was before', async () => {
      const keys = Array.from({ length: 16 }, (_, index) => `new/place/${index}`)
      await Promise.all(keys.map((key) => driver.write(key, text(key))))
      expect(await list(driver, 'new/place')).toEqual(keys.sort())
      const read = await Promise.all(
        keys.map(async (key) => (await buffer(await driver.read(key))).toString()),
      )
      expect(read).toEqual(keys)
    })
  })

  describe(`storage driver ${name}: moving, removing, listing`, () => {
    it('moves an object, also onto another', async () => {
      await driver.write('from/a', text('moved'))
      await driver.write('to/b', text('replaced'))
      await driver.move('from/a', 'to/b')
      expect((await buffer(await driver.read('to/b'))).toString()).toBe('moved')
      expect(await driver.stat('from/a')).toBeUndefined()
      expect(await code(driver.move('from/a', 'to/c'))).toBe('not_found')
    })

    it('removes an object, and does not mind its absence', async () => {
      await driver.write('a', text('x'))
      await driver.remove('a')
      await driver.remove('a')
      expect(await driver.stat('a')).toBeUndefined()
    })

    it('lists what is below a prefix, at whole segments', async () => {
      for (const key of ['a/1', 'a/2/3', 'ab/4', 'c']) await driver.write(key, text(key))
      expect(await list(driver, '')).toEqual(['a/1', 'a/2/3', 'ab/4', 'c'])
      expect(await list(driver, 'a/')).toEqual(['a/1', 'a/2/3'])
      expect(await list(driver, 'none/')).toEqual([])
    })

    it('takes no key for another that it begins with', async () => {
      for (const key of ['a/b', 'a/bc', 'a/b.d', 'ab/c']) await driver.write(key, text(key))
      expect(await list(driver, 'a/b')).toEqual([])
      expect(await driver.stat('a')).toBeUndefined()
      expect(await code(driver.read('a'))).toBe('not_found')
      expect(await code(driver.feed('a', async () => expect.unreachable()))).toBe('not_found')
      expect(await code(driver.move('a', 'z'))).toBe('not_found')
      await driver.remove('a')
      await driver.remove('a/b')
      await driver.remove('a/b/c')
      expect(await list(driver, '')).toEqual(['a/b.d', 'a/bc', 'ab/c'])
    })

    it('names the place of an object, of absent ones too, and of no two the same', async () => {
      const place = driver.place('blobs/ab')
      expect(place.endsWith('/blobs/ab')).toBe(true)
      expect(driver.place('blobs/a')).toBe(place.slice(0, -1))
      expect(() => driver.place('../a')).toThrow('storage key')
    })

    it('sweeps no object', async () => {
      await driver.write('a/b', text('kept'))
      expect(await driver.sweep(0)).toBe(0)
      expect(await list(driver, '')).toEqual(['a/b'])
    })
  })

  describe(`storage driver ${name}: keys`, () => {
    it.each(['a', 'blobs/sha256/ab/abcd', 'A-Z_0.9', '.hidden', 'a..b', `${'a'.repeat(200)}/b`])(
      'takes %s',
      async (key) => {
        await driver.write(key, text('x'))
        expect(await list(driver, '')).toEqual([key])
      },
    )

    it.each([
      '',
      '/',
      '/a',
      'a/',
      'a//b',
      '.',
      '..',
      'a/../b',
      'a/./b',
      '../a',
      'a b',
      'a\\b',
      'a\0b',
      'ü',
      'a'.repeat(201),
    ])('refuses %j everywhere', async (key) => {
      expect(await code(driver.write(key, text('x')))).toBe('invalid')
      expect(await code(driver.read(key))).toBe('invalid')
      expect(await code(driver.stat(key))).toBe('invalid')
      expect(await code(driver.move(key, 'a'))).toBe('invalid')
      expect(await code(driver.move('a', key))).toBe('invalid')
      expect(await code(driver.remove(key))).toBe('invalid')
      expect(await leftovers()).toEqual([])
    })
  })
}
