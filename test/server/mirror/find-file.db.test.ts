import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { listen, notify } from '@/server/events'
import { FileFinder } from '@/server/mirror/find-file'
import { parseUri } from '@/server/mirror/uri'
import { openTestContext } from '@/test/support/context'
import { storeFile } from '@/test/support/stored-file'

const ctx = await openTestContext()
const notices = await listen(ctx.pool, ctx.log)
const files = new FileFinder(ctx, notices)
afterAll(async () => {
  files.close()
  await notices.close()
})

const newUri = () => `https://example.org/${randomUUID()}`
async function declare(uri: string) {
  const file = await ctx.db.file.create({ data: { uri, declaredUri: uri, host: parseUri(uri).host } })
  await notify(ctx.db, { topic: 'file', id: file.id })
  return file
}

describe('finding a file', () => {
  it('tells what is stored, with all that serving it takes', async () => {
    const uri = newUri()
    const modified = new Date('2020-02-02T02:02:02Z')
    const stored = await storeFile(ctx, uri, 'hello', { contentType: 'text/x', upstreamModifiedAt: modified })
    const found = await files.find(uri)
    expect(found).toMatchObject({
      state: 'stored',
      id: stored.id,
      representation: { key: stored.sha256, size: 5, contentType: 'text/x', modifiedAt: 1_580_608_922 },
    })
    expect(files.find(uri)).toBe(found)
  })

  it('dates what has no date by when it was stored', async () => {
    const uri = newUri()
    const { storedAt } = await storeFile(ctx, uri, 'hello')
    const modifiedAt = Math.floor((storedAt as Date).getTime() / 1000)
    expect(await files.find(uri)).toMatchObject({ representation: { modifiedAt } })
  })

  it('tells why a declared file is not there', async () => {
    const uri = newUri()
    const nextAttemptAt = new Date('2031-01-01')
    const { id } = await ctx.db.file.create({
      data: {
        uri,
        declaredUri: uri,
        host: 'example.org',
        state: 'failed',
        error: 'It broke.',
        nextAttemptAt,
      },
    })
    expect(await files.find(uri)).toEqual({ state: 'failed', id, error: 'It broke.', nextAttemptAt })
  })

  it('tells why a host is denied, with and without its port', async () => {
    await ctx.db.hostRule.create({ data: { host: 'denied.test', action: 'deny', reason: 'No.' } })
    expect(await files.find('https://denied.test/a')).toEqual({ state: 'absent', denied: 'No.' })
    expect(await files.find('https://denied.test:8443/a')).toEqual({ state: 'absent', denied: 'No.' })
    expect(await files.find('https://not.denied.test/a')).toEqual({ state: 'absent', denied: null })
  })
})

describe('what is kept', () => {
  it('of an absent file ends when it is declared, and of that when it is stored', async () => {
    const uri = newUri()
    // What was asked before the notice of an earlier change came is not kept.
    await vi.waitFor(async () => {
      expect(await files.find(uri)).toMatchObject({ state: 'absent' })
      expect(files.find(uri)).not.toBeInstanceOf(Promise)
    })
    await declare(uri)
    await vi.waitFor(async () => expect(await files.find(uri)).toMatchObject({ state: 'pending' }))
    await storeFile(ctx, uri, 'hello')
    await vi.waitFor(async () => expect(await files.find(uri)).toMatchObject({ state: 'stored' }))
  })

  it('of a stored file outlives notices about others', async () => {
    const uri = newUri()
    await storeFile(ctx, uri, 'hello')
    const found = await files.find(uri)
    const other = newUri()
    await files.find(other)
    await declare(other)
    await vi.waitFor(() => expect(files.find(other)).toBeInstanceOf(Promise))
    expect(files.find(uri)).toBe(found)
  })
})

it('answers a thousand questions at once', async () => {
  const uri = newUri()
  await storeFile(ctx, uri, 'hello')
  const uris = [...Array.from({ length: 1000 }, newUri), uri]
  const found = await Promise.all(uris.map((each) => files.find(each)))
  expect(found.filter(({ state }) => state === 'absent')).toHaveLength(1000)
  expect(found.at(-1)).toMatchObject({ state: 'stored' })
})
