import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeAll, expect, it } from 'vitest'
import { packChanges } from '@/scripts/demo/pack-changes'
import { createClient, unwrap } from '@/server/api/client'
import { buildDeb } from '@/test/support/debs'
import { installation } from '@/test/support/installation'

/* `entrepot upload`, `dmove` and `apt`, as people and release scripts run them. */

const here = await installation()
const url = `http://127.0.0.1:${here.variables.ENTREPOT_WEB_PORT}`
const directory = join(here.data, 'outgoing')
let token = ''

beforeAll(async () => {
  token = /Token +(ent_\S+)/.exec(await here.start().ready())?.[1] ?? ''
  const client = createClient({ baseUrl: url, token })
  const branches = ['unstable', 'testing', { name: 'stable', approvalRequired: true }]
  const json = { name: 'common', components: ['main'], architectures: ['amd64'], branches }
  await unwrap(client.apt.repositories.$post({ json, query: {} }))
  await mkdir(directory)
}, 300_000)

async function entrepot(...args: string[]) {
  const child = spawn(process.execPath, ['.build/entrepot.js', ...args], {
    env: { ...here.variables, ENTREPOT_TOKEN: token } as unknown as NodeJS.ProcessEnv,
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { code, out, err }
}

/** Writes a file to be sent. @returns its path. */
async function written({ file, bytes }: { file: string; bytes: Buffer }): Promise<string> {
  const path = join(directory, file)
  await writeFile(path, bytes)
  return path
}

it('uploads packages by themselves, and again', async () => {
  const files = await Promise.all(['one', 'two'].map((name) => written(buildDeb({ name }))))
  const first = await entrepot('upload', ...files)
  expect(first).toMatchObject({ code: 0, err: '' })
  expect(first.out).toContain('accepted  one_1.0_amd64.deb  common/unstable\n')
  expect(first.out).toContain('accepted  two_1.0_amd64.deb  common/unstable\n')
  expect((await entrepot('upload', ...files)).out).toContain('The repository had it already.')

  const other = await written({ ...buildDeb({ name: 'one', description: 'other bytes' }) })
  const refused = await entrepot('upload', '--repo', 'common', '--branch', 'unstable', other)
  expect(refused.code).toBe(1)
  expect(refused.out).toMatch(/rejected {2}one_1\.0_amd64\.deb .*\n.*[0-9a-f]{64}.*[0-9a-f]{64}/)

  const wrong = await entrepot('upload', join(directory, 'notes.txt'))
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('is no package')])
  const absent = await entrepot('upload', join(directory, 'absent_1.0_amd64.deb'))
  expect([absent.code, absent.err]).toEqual([1, expect.stringContaining('cannot be read')])
})

it('uploads what a .changes lists, and shows why it was rejected', async () => {
  const debs = ['three', 'three-data'].map((name) => buildDeb({ name, source: 'three' }))
  for (const deb of debs) await written(deb)
  const parts = { source: 'three', version: '1.0', files: debs }
  const changes = await written(packChanges({ ...parts, distribution: 'unstable' }))
  const sent = await entrepot('upload', changes)
  expect(sent).toMatchObject({ code: 0, out: expect.stringContaining('accepted  three_1.0_amd64.changes') })

  const wrong = await written(packChanges({ ...parts, distribution: 'testing' }))
  const refused = await entrepot('upload', '--branch', 'unstable', wrong, '--json')
  expect(refused.code).toBe(1)
  const [{ accepted, report }] = JSON.parse(refused.out) as [{ accepted: boolean; report: string[] }]
  expect([accepted, report.join('\n')]).toEqual([false, expect.stringContaining('testing')])
})

it('moves in the order of the command of old, and takes it back', async () => {
  const dry = await entrepot('dmove', 'common', 'testing', 'three', '1.0', 'unstable', '--dry-run')
  expect(dry).toMatchObject({ code: 0, err: '' })
  expect(dry.out).toMatch(/move {2}unstable → testing {2}three-data +1\.0 +amd64\n/)
  expect(dry.out).not.toContain('complete')

  const moved = await entrepot('dmove', 'common', 'testing', 'three', '1.0', 'unstable', '--reason', 'Ready')
  expect(moved.code).toBe(0)
  expect(moved.out.trimEnd().split('\n').at(-1)).toBe('Dmove successfully complete')
  const again = await entrepot('dmove', 'common', 'testing', 'three', '1.0', 'unstable')
  expect([again.code, again.out]).toEqual([0, 'It is in testing already.\nDmove successfully complete\n'])
  expect((await entrepot('apt', 'search', 'three')).out).toMatch(/common +testing +three +1\.0 +amd64 +three/)

  const id = /move (\S+)/.exec(moved.out.split('\n').at(-3) ?? '')?.[1] ?? ''
  const undone = await entrepot('apt', 'undo', id)
  expect([undone.err, undone.out]).toEqual([
    '',
    expect.stringContaining('Everything is where it was before.'),
  ])
  expect((await entrepot('apt', 'search', '--strict', 'three')).out).toMatch(/common +unstable/)
  expect((await entrepot('apt', 'list')).out).toMatch(/common +unstable +4 +0 /)
})

it('says that a move waits for approval, and what is wrong with another', async () => {
  const waits = await entrepot('dmove', 'common', 'stable', 'one', '1.0', 'unstable')
  expect([waits.code, waits.out]).toEqual([3, expect.stringContaining('waits until somebody else approves')])
  expect(waits.out).not.toContain('complete')
  const unknown = await entrepot('dmove', 'common', 'testing', 'none', '1.0', 'unstable')
  expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('none')])
  const nowhere = await entrepot('dmove', 'absent', 'testing', 'one', '1.0', 'unstable')
  expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringContaining('absent')])
})
