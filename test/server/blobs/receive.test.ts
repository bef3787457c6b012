import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { receiveBody } from '@/server/blobs/receive'
import { openFilesystem } from '@/server/storage/filesystem'

const root = await mkdtemp(join(tmpdir(), 'entrepot-receive-'))
afterAll(() => rm(root, { recursive: true, force: true }))
const storage = await openFilesystem(root)

async function left(): Promise<string[]> {
  const keys: string[] = []
  for await (const key of storage.list('uploads/')) keys.push(key)
  return keys
}

/** A body that brings a megabyte and then waits. */
const unending = () => {
  const body = new Readable({ read: () => undefined })
  body.push(Buffer.alloc(1_000_000))
  return body
}

describe('a body whose source is kept', () => {
  it('is not destroyed when it grows too large, and can be read to its end', async () => {
    const body = Readable.from([Buffer.alloc(600), Buffer.alloc(600), Buffer.alloc(600)])
    const receiving = receiveBody(storage, 'uploads/large', body, { maxBytes: 1_000, keepSource: true })
    await expect(receiving).rejects.toMatchObject({ code: 'too_large' })
    expect(body.destroyed).toBe(false)
    const ended = new Promise((resolve) => body.once('end', resolve))
    body.resume()
    await ended
    expect(await left()).toEqual([])
  })

  it('is not destroyed when storage refuses before it reads', async () => {
    const body = unending()
    const write = vi.spyOn(storage, 'write').mockRejectedValueOnce(new Error('no room'))
    await expect(receiveBody(storage, 'uploads/none', body, { keepSource: true })).rejects.toThrow('no room')
    write.mockRestore()
    expect([body.destroyed, body.listenerCount('data')]).toEqual([false, 0])
    body.destroy()
  })
})

describe('a body that nobody else needs', () => {
  it('is destroyed when storage refuses', async () => {
    const body = unending()
    const write = vi.spyOn(storage, 'write').mockRejectedValueOnce(new Error('no room'))
    await expect(receiveBody(storage, 'uploads/none', body)).rejects.toThrow('no room')
    write.mockRestore()
    expect(body.destroyed).toBe(true)
  })

  it('that fails leaves nothing, and its own error is told', async () => {
    const body = unending()
    const receiving = receiveBody(storage, 'uploads/failed', body)
    setImmediate(() => body.destroy(new Error('the sender is gone')))
    await expect(receiving).rejects.toThrow('the sender is gone')
    expect([await left(), await storage.sweep(-1_000)]).toEqual([[], 0])
  })

  it('that had failed before it was taken leaves nothing either', async () => {
    const body = unending()
    body.on('error', () => undefined)
    body.destroy(new Error('too early'))
    await expect(receiveBody(storage, 'uploads/early', body)).rejects.toThrow()
    expect([await left(), await storage.sweep(-1_000)]).toEqual([[], 0])
  })
})
