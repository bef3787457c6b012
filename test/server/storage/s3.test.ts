import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AppError } from '@/server/errors'
import type { StorageDriver } from '@/server/storage/driver'
import { openS3 } from '@/server/storage/s3'
import { parseS3Place } from '@/server/storage/s3-place'
import { storageDriverContract } from '@/test/contracts/storage-driver'
import { startS3 } from '@/test/support/s3'

const MIB = 1024 * 1024
const s3 = await startS3()
const spoolDirectory = await mkdtemp(join(tmpdir(), 'entrepot-spool-'))
afterAll(async () => {
  await s3.close()
  await rm(spoolDirectory, { recursive: true })
})
beforeEach(() => {
  s3.requests.length = 0
  s3.intercept = () => false
})

const times = { pause: 1 }
/** For those who are to lose patience with the storage; the others must not, however busy this machine is. */
const hasty = { stall: 300 }
const code = (work: Promise<unknown>) => work.then(String, (error: AppError) => error.code ?? error.message)
const open = (place = s3.place(randomUUID()), more: { stall?: number } = {}) =>
  openS3(parseS3Place(place), { spoolDirectory, times: { ...times, ...more } })

async function keysOf(driver: StorageDriver): Promise<string[]> {
  const keys: string[] = []
  for await (const key of driver.list('')) keys.push(key)
  return keys.sort()
}

/** Answers as S3 does. */
function answer(response: ServerResponse, status: number, xml: string): true {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?>\n${xml}`)
  return true
}
const fault = (response: ServerResponse, status: number, name: string) =>
  answer(response, status, `<Error><Code>${name}</Code><Message>no</Message></Error>`)

storageDriverContract('s3', async () => {
  const driver = await open()
  return { driver, leftovers: () => keysOf(driver) }
})

describe('a body of several parts', () => {
  const bytes = Buffer.alloc(40 * MIB, 'abcdefgh12345')
  const body = () =>
    Readable.from(
      (function* () {
        for (let at = 0; at < bytes.length; at += 300_000) yield bytes.subarray(at, at + 300_000)
      })(),
    )

  it('is sent in parts, once each, and read back whole', async () => {
    const driver = await open()
    expect(await driver.write('large', body())).toBe(bytes.length)
    const parts = s3.requests.filter((request) => request.startsWith('PUT '))
    expect(parts.map((request) => /partNumber=(\d+)/.exec(request)?.[1])).toEqual(['1', '2', '3'])
    const hash = createHash('sha256')
    for await (const chunk of await driver.read('large')) hash.update(chunk as Buffer)
    expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(await readdir(spoolDirectory)).toEqual([])
  })

  it('outlives parts that fail, and a completion whose answer is lost', async () => {
    const driver = await open()
    let failures = 2
    let completions = 0
    s3.intercept = (request, response) => {
      if (request.method === 'PUT' && /partNumber=2/.test(request.url ?? '') && failures > 0) {
        failures -= 1
        request.resume()
        return fault(response, 503, 'SlowDown')
      }
      if (request.method !== 'POST' || !/uploadId=/.test(request.url ?? '')) return false
      completions += 1
      // The first one is carried out, and its answer never comes.
      if (completions === 1) response.end = () => response.destroy() as never
      return completions > 1 && fault(response, 404, 'NoSuchUpload')
    }
    expect(await driver.write('large', body())).toBe(bytes.length)
    expect([failures, completions]).toEqual([0, 2])
    expect(await driver.stat('large')).toMatchObject({ size: bytes.length })
  })

  it('is given up, and its upload ended, when a part cannot be sent', async () => {
    const driver = await open()
    let ended = 0
    s3.intercept = (request, response) => {
      if (request.method === 'DELETE') {
        ended += 1
        response.writeHead(204).end()
        return true
      }
      if (request.method !== 'PUT' || !/partNumber=2/.test(request.url ?? '')) return false
      request.resume()
      return fault(response, 507, 'InsufficientStorage')
    }
    const source = body()
    expect(await code(driver.write('large', source))).toBe('storage_full')
    expect([ended, source.destroyed, await keysOf(driver)]).toEqual([1, true, []])
    expect(await readdir(spoolDirectory)).toEqual([])
  })
})

describe('reading', () => {
  it('gives up a storage that is silent in the middle', async () => {
    const driver = await open(s3.place(), hasty)
    s3.intercept = (_request, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('half')
      return true
    }
    expect(await code(buffer(await driver.read('a')))).toBe('unavailable')
  })

  it('fails when the connection breaks in the middle', async () => {
    const driver = await open()
    s3.intercept = (_request, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('half', () => response.destroy())
      return true
    }
    expect(await code(buffer(await driver.read('a')))).toBe('unavailable')
  })

  it('closes the connection when a reader leaves', async () => {
    const driver = await open()
    const closed = vi.fn()
    s3.intercept = (_request, response) => {
      response.once('close', closed)
      response.writeHead(200, { 'content-length': '100000000' }).write('first')
      return true
    }
    const reader = await driver.read('a')
    for await (const _ of reader) break
    await vi.waitFor(() => expect(closed).toHaveBeenCalled())
  })

  it('asks again when the storage was at fault before the first byte', async () => {
    const driver = await open()
    await driver.write('a', Readable.from(['whole']))
    let failures = 2
    s3.intercept = (_request, response) => failures-- > 0 && fault(response, 500, 'InternalError')
    expect((await buffer(await driver.read('a'))).toString()).toBe('whole')
  })
})

describe('listing, moving and sweeping', () => {
  it('goes on where a page ends, and passes over names that are no keys', async () => {
    const place = s3.place('')
    const driver = await open(place)
    const page = (keys: string[], more: string) =>
      `<ListBucketResult>${more}${keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')}</ListBucketResult>`
    s3.intercept = (request, response) =>
      /continuation-token=second/.test(request.url ?? '')
        ? answer(response, 200, page(['c', 'folder/'], '<IsTruncated>false</IsTruncated>'))
        : answer(
            response,
            200,
            page(
              ['a', 'b'],
              '<IsTruncated>true</IsTruncated><NextContinuationToken>second</NextContinuationToken>',
            ),
          )
    expect(await keysOf(driver)).toEqual(['a', 'b', 'c'])
  })

  it('copies an object that is too large for one copy in parts', async () => {
    const driver = await open(s3.place('here'))
    const ranges: unknown[] = []
    s3.intercept = (request, response) => {
      const url = request.url ?? ''
      if (request.method === 'HEAD') {
        response.writeHead(200, { 'content-length': String(6 * 1024 * MIB) }).end()
        return true
      }
      if (request.method === 'DELETE') return answer(response, 204, '')
      if (request.method === 'POST' && url.includes('uploads')) {
        return answer(
          response,
          200,
          '<InitiateMultipartUploadResult><UploadId>one</UploadId></InitiateMultipartUploadResult>',
        )
      }
      if (request.method === 'PUT') {
        ranges.push([request.headers['x-amz-copy-source'], request.headers['x-amz-copy-source-range']])
        return answer(response, 200, '<CopyPartResult><ETag>"e"</ETag></CopyPartResult>')
      }
      request.resume()
      return answer(response, 200, '<CompleteMultipartUploadResult/>')
    }
    await driver.move('from', 'to')
    const GIB = 1024 * MIB
    expect(ranges).toEqual(
      [0, 1, 2, 3, 4, 5].map((at) => ['entrepot/here/from', `bytes=${at * GIB}-${(at + 1) * GIB - 1}`]),
    )
    expect(s3.requests.at(-1)).toMatch(/^DELETE \/entrepot\/here\/from/)
  })

  it('ends uploads that are old enough, and only those', async () => {
    const driver = await open(s3.place('here'))
    const ended: string[] = []
    const upload = (key: string, at: Date) =>
      `<Upload><Key>here/${key}</Key><UploadId>${key}</UploadId><Initiated>${at.toISOString()}</Initiated></Upload>`
    s3.intercept = (request, response) => {
      if (request.method === 'DELETE') {
        ended.push(/uploadId=(\w+)/.exec(request.url ?? '')?.[1] ?? '')
        return answer(response, 204, '')
      }
      const uploads = upload('old', new Date(Date.now() - 7200_000)) + upload('young', new Date())
      return answer(response, 200, `<ListMultipartUploadsResult>${uploads}</ListMultipartUploadsResult>`)
    }
    expect(await driver.sweep(3600_000)).toBe(1)
    expect(ended).toEqual(['old'])
  })
})

describe('a storage that refuses', () => {
  it.each([
    [403, 'AccessDenied', 'refuses what its credentials ask for (AccessDenied)'],
    [403, 'SignatureDoesNotMatch', 'SignatureDoesNotMatch'],
    [404, 'NoSuchBucket', 'There is no bucket “entrepot”'],
    [501, 'NotImplemented', 'NotImplemented'],
  ])('%i %s is told to whoever runs the installation', async (status, name, words) => {
    const driver = await open()
    s3.intercept = (_request, response) => fault(response, status, name)
    await expect(driver.read('a')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(words),
    })
  })

  it('is away', async () => {
    const driver = await open('s3://bucket/prefix?endpoint=http://127.0.0.1:9')
    expect(await code(driver.stat('a'))).toBe('unavailable')
    expect(await code(driver.write('a', Readable.from(['x'])))).toBe('unavailable')
  })
})
