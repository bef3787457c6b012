import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installation } from '@/test/support/installation'
import { ok, sampleBytes, startUpstream, status } from '@/test/support/upstream'

const here = await installation()
const upstream = await startUpstream()
afterAll(() => upstream.close())
const bytes = sampleBytes(300_000)
const sha256 = createHash('sha256').update(bytes).digest('hex')
const reason = ['--reason', 'The build needs it']
let token: string | undefined

beforeAll(async () => {
  const started = here.start({ ENTREPOT_UPSTREAM_ALLOW: '127.0.0.0/8', ENTREPOT_FETCH_ATTEMPTS: '1' })
  token = /Token +(ent_\S+)/.exec(await started.ready())?.[1]
}, 300_000)

/** The command as people run it, with what it printed. */
async function entrepot(args: string[], { input = '', as = token }: { input?: string; as?: string } = {}) {
  const child = spawn(process.execPath, ['.build/entrepot.js', ...args], {
    env: { ...here.variables, ...(as && { ENTREPOT_TOKEN: as }) } as unknown as NodeJS.ProcessEnv,
  })
  child.stdin.end(input)
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { code, out, err }
}

describe('declare and status', () => {
  it('declares a file, waits until it is stored, and tells how it fares', async () => {
    const url = upstream.route('/tool-1.0.tar.gz', ok(bytes))
    const dry = await entrepot(['declare', url, ...reason, '--dry-run'])
    expect(dry).toMatchObject({ code: 0, out: expect.stringMatching(/will be fetched/) })
    expect(upstream.requests).toHaveLength(0)

    const declared = await entrepot([
      'declare',
      url,
      ...reason,
      '--sha256',
      sha256,
      '--licence',
      'MIT',
      '--wait',
    ])
    expect(declared).toMatchObject({ code: 0, err: '' })
    expect(declared.out).toContain(`stored  ${url}`)
    expect(declared.out).toContain(`sha256 ${sha256}`)

    const again = await entrepot(['declare', url, ...reason])
    expect(again.out).toContain('your team uses it already')
    const told = await entrepot(['status', url, '--json'])
    const file = JSON.parse(told.out) as { id: string }
    expect(file).toMatchObject({ state: 'stored', sha256, size: bytes.length })
    expect((await entrepot(['status', file.id, '--wait'])).code).toBe(0)
    expect((await entrepot(['status'])).out).toMatch(/^1 stored \(293\.0 KiB\)/)
  })

  it('takes lines from standard input, and ends with 1 when one fails', async () => {
    const good = upstream.route('/good', ok(bytes))
    const bad = upstream.route('/bad', status(404))
    const { code, out } = await entrepot(['declare', ...reason, '--wait'], {
      input: `# both\n${good}\n\n${bad}\n`,
    })
    expect(code).toBe(1)
    expect(out).toContain(`stored  ${good}`)
    expect(out).toContain(`failed  ${bad}`)
    expect(out).toContain('404')
  })

  it('ends with 3 when the time is over', async () => {
    const slow = upstream.route('/slow', (_request, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('x')
    })
    const { code, out } = await entrepot(['declare', slow, ...reason, '--wait', '--timeout', '1'])
    expect({ code, out }).toMatchObject({ code: 3, out: expect.stringMatching(/^(fetching|pending)/) })
  })

  it('says what is wrong in the server’s words', async () => {
    const two = await entrepot(['declare', 'ftp://example.org/x', 'http://user:pw@example.org/y', ...reason])
    expect(two.code).toBe(1)
    expect(two.err).toContain('files.0.uri')
    expect(two.err).toContain('files.1.uri')
    const asJson = await entrepot([
      '--json',
      'declare',
      'http://example.org/x',
      ...reason,
      '--licence',
      'No-Such',
    ])
    expect(JSON.parse(asJson.err)).toMatchObject({
      error: { code: 'invalid', fields: [{ path: 'licence' }] },
    })
    expect((await entrepot(['declare', 'http://example.org/x'])).err).toContain('--reason')
    expect((await entrepot(['status', 'http://example.org/unknown'])).err).toContain('is not declared')
    expect((await entrepot(['status'], { as: '' })).err).toContain('Set ENTREPOT_TOKEN')
    const nobody = await entrepot(['--url', 'http://127.0.0.1:1', 'status'])
    expect(nobody.err).toMatch(/Entrepôt does not answer .* Start it with `npm start`/)
  })
})

it('makes, lists and revokes tokens', async () => {
  const made = await entrepot(['token', 'create', 'for a script', '--scope', 'read', '--days', '7'])
  const secret = made.out.trim()
  expect(secret).toMatch(/^ent_/)
  expect((await entrepot(['status'], { as: secret })).code).toBe(0)
  expect((await entrepot(['declare', 'http://example.org/x', ...reason], { as: secret })).err).toContain(
    'scope',
  )

  const listed = JSON.parse((await entrepot(['token', 'list', '--json'])).out) as {
    id: string
    name: string
  }[]
  const id = listed.find(({ name }) => name === 'for a script')?.id as string
  expect((await entrepot(['token', 'revoke', id])).out).toContain('Revoked “for a script”')
  expect((await entrepot(['status'], { as: secret })).code).toBe(1)
})

it('finds the installation in good health', async () => {
  const { code, out } = await entrepot(['doctor', '--json'])
  const findings = JSON.parse(out) as { name: string; state: string }[]
  expect(findings.filter(({ state }) => state !== 'good')).toEqual([])
  expect(findings.map(({ name }) => name)).toEqual([
    'Node.js',
    'Portal',
    'API token',
    'Clock',
    'CA',
    'Proxy',
    'Gateway',
    'Database',
    'Storage',
  ])
  expect(code).toBe(0)
  const remote = await entrepot(['--url', 'http://127.0.0.1:1', 'doctor'])
  expect(remote.code).toBe(1)
  expect(remote.out).toMatch(/✗ Portal .*\n +Start it with `npm start`/)
})
