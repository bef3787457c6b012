import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { aptMachine, type Ran, run } from '@/test/support/apt-client'
import { openAptPlace } from '@/test/support/apt-place'
import { createAptRepository } from '@/test/support/apt-repository'
import { openTestContext } from '@/test/support/context'
import { buildDeb, buildSource } from '@/test/support/debs'
import { itWith } from '@/test/support/tools'

/* What a source needs to be built: all of it from one repository, put into a root directory of its own. */

const ctx = await openTestContext()
const { place } = await openAptPlace(ctx)

/** A version, alternatives, another architecture, another profile, what is provided, and what may be of any architecture. */
const BUILD_DEPENDS = [
  'debhelper-compat (= 13)',
  'libhello-dev (>= 2.0~)',
  'nobody-has-this | tool:any',
  'absent-elsewhere [arm64]',
  'absent-tests <!nocheck>',
].join(', ')

const needed = [
  buildDeb({ name: 'build-essential' }),
  buildDeb({ name: 'debhelper', architecture: 'all', provides: 'debhelper-compat (= 13)' }),
  buildDeb({ name: 'libhello-dev', version: '2.0-1', source: 'hello', depends: 'libhello (= 2.0-1)' }),
  buildDeb({ name: 'libhello', version: '2.0-1', source: 'hello' }),
  buildDeb({ name: 'tool', fields: { 'Multi-Arch': 'allowed' } }),
]
const others = [
  buildDeb({ name: 'libhello-dev', version: '1.0-1', source: 'hello' }),
  buildDeb({ name: 'unneeded' }),
]
const source = buildSource({ name: 'greeter', version: '1.0-1', buildDepends: BUILD_DEPENDS })

function fine({ status, stdout, stderr }: Ran): string {
  expect([status, stderr, status === 0 || stdout]).toEqual([0, '', true])
  return stdout
}

describe('what a source needs', () => {
  itWith(['apt-get', 'dpkg-query', 'dpkg-checkbuilddeps'], 'is installed by apt-get build-dep', async () => {
    const of = await createAptRepository(place, { name: 'building' })
    await of.add('unstable', ...needed)
    await of.add('stable', ...others)
    const files = [source.dsc, ...source.tarballs]
    const sent = await of.upload('unstable', { source: 'greeter', version: '1.0-1', files })
    expect([sent.status, await sent.text()]).toEqual([201, expect.stringContaining('Accepted')])

    const machine = await aptMachine()
    const root = join(machine.directory, 'root')
    const admin = join(root, 'var/lib/dpkg')
    for (const path of ['info', 'updates', 'triggers']) await mkdir(join(admin, path), { recursive: true })
    for (const file of ['status', 'available']) await writeFile(join(admin, file), '')
    const key = await machine.writeKey('repository', await of.key())
    await machine.setSources(
      `Types: deb deb-src\nURIs: ${of.url}\nSuites: unstable stable\nComponents: main\nSigned-By: ${key}\n`,
    )
    const inRoot = [
      ...['-o', `Dir::State::status=${join(admin, 'status')}`, '-o', `DPkg::Options::=--root=${root}`],
      ...['-o', 'DPkg::Use-Pty=false', '--yes'],
    ]
    fine(await machine.get(...inRoot, 'update'))
    const built = await machine.get(...inRoot, '--build-profiles', 'nocheck', 'build-dep', 'greeter')
    expect([built.status, built.status === 0 || `${built.stdout}${built.stderr}`]).toEqual([0, true])

    const query = ['--admindir', admin, '--show']
    expect(
      fine(await run('dpkg-query', query))
        .replaceAll('\t', ' ')
        .trim()
        .split('\n'),
    ).toEqual([
      ...['build-essential 1.0', 'debhelper 1.0', 'libhello 2.0-1', 'libhello-dev 2.0-1', 'tool 1.0'],
    ])
    const check = (...args: string[]) =>
      run('dpkg-checkbuilddeps', [
        `--admindir=${admin}`,
        '-a',
        'amd64',
        '-d',
        BUILD_DEPENDS,
        ...args,
        '/dev/null',
      ])
    fine(await check('-P', 'nocheck'))
    expect(await check()).toMatchObject({ status: 1, stderr: expect.stringContaining('absent-tests') })
  })
})
