import { describe, expect, it } from 'vitest'
import { UploadAnswerer } from '@/server/apt/uploads/answer-upload'
import { buildChanges, put } from '@/test/server/apt/uploads/upload-files'
import { createSecret } from '@/test/support/api'
import { createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'
import { buildDeb } from '@/test/support/debs'
import { createActor } from '@/test/support/people'

const ctx = await openTestContext()
const read: string[] = []
const blobs = {
  ...ctx.blobs,
  read: (sha256: string) => {
    read.push(sha256)
    return ctx.blobs.read(sha256)
  },
}
const answerer = new UploadAnswerer({ ctx: { ...ctx, blobs } })
const token = await createSecret(ctx, await createActor(ctx, 'member'), { scopes: ['push'] })

const never = (index: number) => buildDeb({ name: `never${index}` })
const waiting = (index: number, padding = '') => {
  const { file, bytes } = buildChanges({ source: `never${index}`, version: '1.0', files: [never(index)] })
  return { file, bytes: Buffer.concat([bytes, Buffer.from(padding)]) }
}

describe('uploads that wait', () => {
  it('are not read again for each file that comes', async () => {
    await createRepositoryRows(ctx, { name: 'many' })
    for (let index = 0; index < 5; index += 1) {
      expect((await put(answerer, token, 'many/unstable', waiting(index))).text).toContain(
        'waits for one file',
      )
    }
    read.length = 0
    for (const name of ['one', 'two']) {
      const { text } = await put(answerer, token, 'many/unstable', buildDeb({ name }))
      expect(text).toContain('waits for its .changes')
    }
    expect(read).toEqual([])
    // What they list is known all the same.
    expect((await put(answerer, token, 'many/unstable', never(3))).text).toContain('Accepted.')
  })

  it('are bounded by the bytes of their .changes, of which one may be replaced', async () => {
    await createRepositoryRows(ctx, { name: 'long' })
    const field = `${'x'.repeat(1000 * 1024)}\n`
    const padding = ['A', 'B', 'C', 'D'].map((name) => `X-Padding-${name}: ${field}`).join('')
    const send = (index: number) => put(answerer, token, 'long/unstable', waiting(index, padding))
    for (let index = 0; index < 4; index += 1) expect((await send(index)).status).toBe(201)
    expect((await send(2)).status).toBe(201)
    const refused = await send(4)
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('16 MiB of .changes')])
    expect((await put(answerer, token, 'long/unstable', waiting(5))).status).toBe(201)
  })
})
