import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { openYt } from '@/server/yt/open'
import { parseYtPlace } from '@/server/yt/place'
import { startYt } from '@/test/support/yt-server'

const yt = await startYt()
const { cypress } = yt
afterAll(() => yt.close())
cypress.addUser('ana', 'ana-token')
cypress.addUser('ben', 'ben-token')
cypress.allow('//home/ana', ['ana'], ['read', 'write', 'remove'])
const times = { pause: 1, light: 1_000 }
const { documents } = openYt(parseYtPlace(yt.place('//sys/registry')), { token: 'service-token', times })
const stored = (path: string) => (cypress.execute('root', 'get', { path }) as { value: unknown }).value

beforeEach(() => {
  yt.requests.length = 0
  yt.trouble = () => undefined
})

describe('documents of a cluster', () => {
  it('are made with the first tag, in the user’s name, and keep the others', async () => {
    await documents.setTag('home/ana/ubuntu', '22.04', ['//a/data', '//b/data'], 'ana-token')
    await documents.setTag('home/ana/ubuntu', 'multi', { 'linux/amd64': ['//a/data'] }, 'ana-token')
    await documents.setTag('home/ana/ubuntu', '22.04', ['//c/data'], 'ana-token')
    expect(stored('//home/ana/ubuntu/_tags')).toEqual({
      '22.04': ['//c/data'],
      multi: { 'linux/amd64': ['//a/data'] },
    })
    expect(stored('//home/ana/ubuntu/_tags/@type')).toBe('document')
    expect(new Set(yt.requests.map(({ token }) => token))).toEqual(new Set(['ana-token']))
  })

  it('lose a tag, and mind no absence', async () => {
    await documents.setTag('home/ana/debian', 'a', ['//a'], 'ana-token')
    await documents.setTag('home/ana/debian', 'b', ['//b'], 'ana-token')
    await documents.removeTag('home/ana/debian', 'a', 'ana-token')
    await documents.removeTag('home/ana/debian', 'a', 'ana-token')
    await documents.removeTag('home/ana/absent', 'a', 'ana-token')
    expect(stored('//home/ana/debian/_tags')).toEqual({ b: ['//b'] })
  })

  it('are replaced and removed as a whole, in the storage’s name', async () => {
    await documents.replace('deep/image', { a: ['//a'] })
    expect(stored('//deep/image/_tags')).toEqual({ a: ['//a'] })
    await documents.replace('deep/image', { b: ['//b'] })
    expect(stored('//deep/image/_tags')).toEqual({ b: ['//b'] })
    await documents.replace('deep/image', undefined)
    await documents.replace('deep/image', undefined)
    expect(() => stored('//deep/image/_tags')).toThrow()
  })

  it('are closed to those whom the cluster does not permit it', async () => {
    const refused = { code: 'forbidden', message: expect.stringContaining('ben') }
    await expect(documents.setTag('home/ana/x', 'a', [], 'ben-token')).rejects.toMatchObject(refused)
    await expect(documents.setTag('home/ana/x', 'a', [], 'wrong')).rejects.toMatchObject({
      code: 'unauthenticated',
    })
  })

  it('take names and tags whatever their characters', async () => {
    const tag = 'a@b&c*d[e]{f}/g\\h"i ü'
    await documents.setTag('home/odd', tag, ['//a'])
    expect(stored('//home/odd/_tags')).toEqual({ [tag]: ['//a'] })
    await documents.removeTag('home/odd', tag)
    expect(stored('//home/odd/_tags')).toEqual({})
  })
})
