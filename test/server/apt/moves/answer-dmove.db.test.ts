import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { approveRequest } from '@/server/apt/moves/approve-request'
import { type DmoveListener, openDmove } from '@/server/apt/moves/dmove-listener'
import { createToken } from '@/server/auth/create-token'
import type { Actor } from '@/server/auth/permissions'
import type { Scope } from '@/server/auth/schema'
import { listen } from '@/server/events'
import { openGateway } from '@/server/gateway/listener'
import { openMetrics } from '@/server/http/metrics'
import { build, createShelf } from '@/test/support/apt-moves'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'
import { exchange, statuses } from '@/test/support/raw-socket'

const ctx = await openTestContext({ ENTREPOT_PUBLIC_URL: 'https://depot.example.org' })
const place = { host: '127.0.0.1', port: 0 }
const dmove = await openDmove({ ctx, metrics: openMetrics() }, place)
const lan = { ...ctx, env: { ...ctx.env, ENTREPOT_DMOVE_NETWORKS: ['10.0.0.0/8', '127.0.0.0/8'] } }
const open = await openDmove({ ctx: lan, metrics: openMetrics() }, place)
afterAll(() => Promise.all([dmove.close(), open.close()]))

const member = await createActor(ctx, 'member')
const approver = await createActor(ctx, 'maintainer')
const secretOf = async (owner: Actor, scopes: Scope[]) =>
  (await createToken(ctx, owner, { name: 'ci', scopes, expiresInDays: 1 })).secret
const token = await secretOf(member, ['move'])

interface Asking {
  to?: DmoveListener
  path?: string
  headers?: Record<string, string>
  method?: string
}

async function post(
  body: string | object,
  { to = dmove, path = '/dmove', headers = {}, method = 'POST' }: Asking = {},
) {
  const isText = typeof body === 'string'
  const type = isText ? 'application/x-www-form-urlencoded' : 'application/json'
  const auth: Record<string, string> = to === dmove ? { authorization: `Bearer ${token}` } : {}
  const answer = await fetch(`http://127.0.0.1:${to.port}${path}`, {
    method,
    headers: { 'content-type': type, ...auth, ...headers },
    ...(method === 'POST' && { body: isText ? body : JSON.stringify(body) }),
  })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

let shelves = 0
async function newShelf() {
  const shelf = await createShelf(ctx, `dist${++shelves}`)
  await shelf.add('unstable', ...build('hello 1.0'))
  return shelf
}
const form = (repo: string, rest = '') => `repo=${repo}&pkg=hello&ver=1.0&from=unstable&to=testing${rest}`

describe('POST /dmove', () => {
  it('moves, and says so in the words that release tools look for; so it does the second time', async () => {
    const { name, has } = await newShelf()
    const first = await post(form(name))
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
    expect(first.text).toBe(
      `hello 1.0 moved from unstable to testing in ${name}.\nDmove successfully complete\n`,
    )
    expect(await has('testing')).toHaveLength(4)
    const again = await post(form(name))
    expect([again.status, again.text]).toEqual([
      ...[200, `hello 1.0 is in testing of ${name} already.\nDmove successfully complete\n`],
    ])
  })

  it('answers JSON to JSON, and to whoever prefers it', async () => {
    const { name } = await newShelf()
    const asked = { repo: name, package: 'hello', version: '1.0', from: 'unstable', to: 'testing' }
    const first = await post(asked)
    expect(JSON.parse(first.text)).toMatchObject({
      ...{ success: true, outcome: 'moved', move: expect.any(String) },
      msg: `hello 1.0 moved from unstable to testing in ${name}.`,
    })
    const again = await post(form(name), { headers: { accept: 'application/json' } })
    expect(JSON.parse(again.text)).toMatchObject({ success: true, outcome: 'already_there' })
    const plain = await post(asked, { headers: { accept: 'text/plain' } })
    expect(plain.text).toMatch(/\nDmove successfully complete\n$/)
    const bad = await post({ ...asked, version: '9' })
    expect([bad.status, JSON.parse(bad.text)]).toMatchObject([
      ...[404, { success: false, msg: 'There is no hello 9 there.', code: 'not_found' }],
    ])
  })

  it('finds the repository by the host, whole or by its first label', async () => {
    const { name, id, has } = await newShelf()
    const raw = (host: string, body: string) =>
      exchange(
        dmove.port,
        `POST /dmove HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      )
    const body = 'pkg=hello&ver=1.0&from=unstable&to=testing'
    const unknown = await raw('unknown.example.org:8088', body)
    expect([statuses(unknown), unknown.includes('unknown.example.org')]).toEqual([[404], true])
    await ctx.db.aptRepository.update({ where: { id }, data: { fqdn: 'apt.example.org' } })
    expect(statuses(await raw('APT.example.org:8088', body))).toEqual([200])
    expect(await has('testing')).toHaveLength(4)
    expect(await raw(`${name}.dist.example.org`, body)).toContain('Dmove successfully complete')
  })

  it('takes everything from the query, with no body at all', async () => {
    const { name } = await newShelf()
    const answer = await fetch(`http://127.0.0.1:${dmove.port}/dmove?${form(name)}`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`conductor:${token}`).toString('base64')}` },
    })
    expect([answer.status, await answer.text()]).toMatchObject([200, expect.stringContaining('successfully')])
  })

  it('refuses who may not, with the way to be let in', async () => {
    const { name, has } = await newShelf()
    const nobody = await fetch(`http://127.0.0.1:${dmove.port}/dmove`, { method: 'POST', body: form(name) })
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([
      ...[401, 'Basic realm="Entrepot", charset="UTF-8"'],
    ])
    expect(await nobody.text()).toContain('Send an API token')
    const wrong = { authorization: 'Bearer ent_wrongwrongwrongwrongwrong' }
    expect((await post(form(name), { headers: wrong })).status).toBe(401)
    expect((await post(form(name), { to: open, headers: wrong })).status).toBe(401)
    const reading = { authorization: `Bearer ${await secretOf(member, ['read', 'push'])}` }
    const refused = await post(form(name), { headers: reading })
    expect([refused.status, refused.text]).toEqual([403, 'This token lacks the scope “move”.\n'])
    expect(await has('testing')).toEqual([])
  })

  it('lets machines of a named network in, by their address', async () => {
    const { name, id } = await newShelf()
    expect((await post(form(name), { to: open })).status).toBe(200)
    const move = await ctx.db.aptMove.findFirstOrThrow({ where: { repositoryId: id } })
    expect(move).toMatchObject({ actorType: 'system', actorId: null, actorName: 'dmove from 127.0.0.1' })
  })

  it('refuses pages in browsers, which would act as whoever looks at them', async () => {
    const { name, has } = await newShelf()
    const answer = await post(form(name), { to: open, headers: { origin: 'https://evil.example.org' } })
    expect(answer.status).toBe(403)
    expect(await has('testing')).toEqual([])
  })

  it('says what is wrong with a request', async () => {
    const { name } = await newShelf()
    expect((await post('repo=x')).text).toContain('Give “package”')
    expect((await post(`repo=${name}&pkg=hello&ver=1.0&from=Bad%20Name&to=testing`)).status).toBe(400)
    expect((await post(form(name, '&to=stable'))).status).toBe(400)
    expect((await post(form('nothing'))).text).toContain('There is no repository “nothing”.')
    const zero = await post(`repo=${name}&pkg=hello%00&ver=1.0&from=unstable&to=testing`)
    expect([zero.status, zero.text]).toEqual([400, 'Text may not have the character U+0000.\n'])
    const large = await post(form(name, `&reason=${'x'.repeat(70_000)}`))
    expect([large.status, large.text]).toEqual([413, 'The body may have 64 KiB.\n'])
    const get = await post('', { method: 'GET' })
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('ends a body that never ends, and goes on', async () => {
    const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`
    const head = `POST /dmove HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nTransfer-Encoding: chunked\r\n\r\n`
    const said = await exchange(dmove.port, `${head}${chunk.repeat(5)}`, { until: '64 KiB' })
    expect(statuses(said)).toEqual([413])
    expect((await fetch(`http://127.0.0.1:${dmove.port}/healthz`)).status).toBe(200)
  })

  it('does not wait where it is told not to', async () => {
    const { name, id } = await newShelf()
    await ctx.db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM apt_branches WHERE repository_id = ${id}::uuid FOR UPDATE`
      const busy = await post(form(name, '&wait=0'))
      expect([busy.status, busy.headers.get('retry-after')]).toEqual([409, '1'])
      expect(busy.text).not.toContain('successfully')
    })
    expect((await post(form(name))).status).toBe(200)
  })

  it('opens one request where moves are approved, and is done after that', async () => {
    const { name, id, set, has } = await newShelf()
    await set('testing', { approvalRequired: true })
    const first = await post(form(name))
    expect([first.status, first.text]).toEqual([
      403,
      `testing of ${name} takes approved moves only. The move of hello 1.0 waits for approval: https://depot.example.org/debian/${name}?tab=moves\n`,
    ])
    await post(form(name))
    await post(form(name), { to: open })
    const requests = await ctx.db.aptMoveRequest.findMany({ where: { repositoryId: id } })
    expect(requests).toHaveLength(1)
    expect(await has('testing')).toEqual([])
    await approveRequest(ctx, approver, { id: requests[0]?.id ?? '' })
    expect((await post(form(name))).text).toContain('already.\nDmove successfully complete\n')
  })

  it('is the only thing on its port, beside the health', async () => {
    const base = `http://127.0.0.1:${dmove.port}`
    expect(await (await fetch(`${base}/healthz`)).text()).toBe('ok\n')
    expect((await fetch(`${base}/dmove/else`, { method: 'POST' })).status).toBe(404)
    expect((await fetch(`${base}/api/v1/overview`)).status).toBe(404)
    expect(statuses(await exchange(dmove.port, 'nonsense\r\n\r\n'))).toEqual([400])
  })
})

it('answers on the gateway as well', async () => {
  const notices = await listen(ctx.pool, ctx.log)
  const gateway = await openGateway({ ctx, notices, metrics: openMetrics() }, place)
  const { name, has } = await newShelf()
  expect((await post(form(name), { to: gateway })).status).toBe(401)
  const headers = { authorization: `Bearer ${token}` }
  expect((await post(form(name), { to: gateway, headers })).text).toContain('Dmove successfully complete')
  expect(await has('testing')).toHaveLength(4)
  await gateway.close()
  await notices.close()
})

it('passes everything but its health on, where another driver is configured', async () => {
  const driver = createServer((asked, answer) =>
    answer.end(`${asked.method} ${asked.url} of ${asked.headers.host}`),
  )
  await new Promise<void>((resolve) => driver.listen(0, '127.0.0.1', resolve))
  const { port } = driver.address() as AddressInfo
  const env = { ...ctx.env, ENTREPOT_DMOVE_UPSTREAM: `http://127.0.0.1:${port}` }
  const passing = await openDmove({ ctx: { ...ctx, env }, metrics: openMetrics() }, place)
  const base = `http://127.0.0.1:${passing.port}`
  const answer = await fetch(`${base}/dmove?a=b`, { method: 'POST', body: 'pkg=hello' })
  expect(await answer.text()).toBe(`POST /dmove?a=b of 127.0.0.1:${passing.port}`)
  expect(await (await fetch(`${base}/healthz`)).text()).toBe('ok\n')
  await Promise.all([passing.close(), new Promise((resolve) => driver.close(resolve))])
})

describe('many at a time', () => {
  it('move different packages, each into exactly one branch', async () => {
    const shelf = await createShelf(ctx, 'many')
    const names = Array.from({ length: 200 }, (_, index) => `pkg${index}`)
    await shelf.add('unstable', ...names.flatMap((name) => build(`${name} 1.0`)))
    const answers = await Promise.all(
      names.map((name) => post(`repo=many&pkg=${name}&ver=1.0&from=unstable&to=testing`)),
    )
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200))
    expect(await shelf.has('unstable')).toEqual([])
    expect(await shelf.has('testing')).toHaveLength(800)
  }, 300_000)

  it('move one package once, and all are told that it worked', async () => {
    const { name, id, has } = await newShelf()
    const answers = await Promise.all(Array.from({ length: 200 }, () => post(form(name))))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(answers.every(({ text }) => text.endsWith('Dmove successfully complete\n'))).toBe(true)
    expect([await has('unstable'), (await has('testing')).length]).toEqual([[], 4])
    expect(await ctx.db.aptMove.count({ where: { repositoryId: id } })).toBe(1)
  })

  it('move one package to and fro, and it is never in two branches, or in none', async () => {
    const { name, has } = await newShelf()
    const asked = Array.from({ length: 60 }, (_, turn) =>
      turn % 2 === 0 ? form(name) : `repo=${name}&pkg=hello&ver=1.0&from=testing&to=unstable`,
    )
    const answers = await Promise.all(asked.map((one) => post(one)))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    const [unstable, testing] = [await has('unstable'), await has('testing')]
    expect([unstable.length, testing.length].sort()).toEqual([0, 4])
  })
})
