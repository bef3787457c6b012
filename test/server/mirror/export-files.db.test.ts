import { beforeAll, describe, expect, it } from 'vitest'
import { anonymous } from '@/server/auth/permissions'
import { exportFiles } from '@/server/mirror/export-files'
import { openTestContext } from '@/test/support/context'
import { createActor, createTeam } from '@/test/support/people'

const ctx = await openTestContext()
const viewer = await createActor(ctx, 'viewer')
const read = async (filter: Parameters<typeof exportFiles>[2]) =>
  (await new Response(exportFiles(ctx, viewer, filter)).text()).split('\r\n')

beforeAll(async () => {
  const team = await createTeam(ctx, 'red')
  await ctx.db.file.createMany({
    data: Array.from({ length: 1203 }, (_, number) => {
      const uri = `https://example.org/${number}`
      return { uri, declaredUri: uri, host: 'example.org' }
    }),
  })
  const file = await ctx.db.file.findUniqueOrThrow({ where: { uri: 'https://example.org/7' } })
  const reason = '=HYPERLINK("https://evil.example.test","click"),\nplease'
  await ctx.db.use.create({ data: { fileId: file.id, teamId: team.id, reason, licence: 'MIT' } })
})

describe('the export', () => {
  it('has a line for every file, over all pages, each once', async () => {
    const lines = await read({})
    expect(lines[0]).toBe('url,state,teams,reason,licence,size,sha256,origin,error,declared,stored,id')
    const urls = lines.slice(1, -1).map((line) => line.split(',')[0])
    expect(urls).toHaveLength(1203)
    expect(new Set(urls).size).toBe(1203)
  })

  it('shows what the list shows under the same filter, and no formula', async () => {
    const text = (await read({ team: 'red' })).slice(1).join('\r\n')
    expect(text).toContain(
      `https://example.org/7,pending,red,"'=HYPERLINK(""https://evil.example.test"",""click""),\nplease",MIT,,,upstream,,`,
    )
    expect((await read({ q: 'example.org/120' })).length - 2).toBe(4)
  })

  it('is closed to those who may not read', () => {
    expect(() => exportFiles(ctx, anonymous, {})).toThrow('Sign in')
  })
})
