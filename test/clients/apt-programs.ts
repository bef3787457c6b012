import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, vi } from 'vitest'
import { type AptMachine, type AptOptions, aptMachine, type Ran, run } from '@/test/support/apt-client'
import {
  type AptPlace,
  createAptRepository,
  type RepositoryInput,
  stanzasOf,
  type TestRepository,
} from '@/test/support/apt-repository'
import { buildDeb, buildSource } from '@/test/support/debs'
import { openGpg, verifyWithGpgv, verifyWithSqv } from '@/test/support/gpg'
import { itWith } from '@/test/support/tools'

const hello = buildDeb({
  name: 'hello',
  version: '2.10-3',
  depends: 'hello-data (= 2.10-3), libgreet1 (>= 1.2)',
  description: 'greets whoever asks\nIt says hello, in many words.\n\nAnd again.',
  files: { 'usr/bin/hello': '#!/bin/sh\necho hello\n' },
  source: 'hello',
})
const helloArm = buildDeb({ name: 'hello', version: '2.10-3', architecture: 'arm64', depends: 'hello-data' })
const data = buildDeb({
  ...{ name: 'hello-data', version: '2.10-3', architecture: 'all', source: 'hello' },
  files: { 'usr/share/hello/words': 'hello\n' },
})
const library = buildDeb({ name: 'libgreet1', version: '1:1.2-1', section: 'libs', source: 'greet (1.2-1)' })
const installer = buildDeb({
  name: 'hello-udeb',
  version: '2.10-3',
  type: 'udeb',
  section: 'debian-installer',
})

const snapshotMoment = (id: string) =>
  Date.parse(id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)/, '$1-$2-$3T$4:$5:'))

/** Nothing to complain about. */
function fine({ status, stderr, stdout }: Ran): string {
  expect([status, stderr.replace(/^W: Download is performed unsandboxed.*\n/gm, '')]).toEqual([0, ''])
  return stdout
}

/** What apt does with a repository, unchanged; the same at every door. */
export function describeApt(title: string, place: () => AptPlace): void {
  let count = 0
  const repository = (input: Partial<RepositoryInput> = {}) => {
    count += 1
    const suffix = createHash('sha256').update(title).digest('hex').slice(0, 6)
    return createAptRepository(place(), { name: `apt-${suffix}-${count}`, ...input })
  }

  /** A machine that knows the repository, by lines such as `deb unstable main`. */
  async function machine(of: TestRepository, lines: string[], options: AptOptions = {}): Promise<AptMachine> {
    const made = await aptMachine(options)
    const keyFile = await made.writeKey('repository', await of.key())
    await made.setSources(
      lines
        .map((line) => line.replace(/^(deb|deb-src) /, (type) => `${type}[signed-by=${keyFile}] ${of.url} `))
        .join('\n'),
    )
    return made
  }

  async function filled(input: Partial<RepositoryInput> = {}): Promise<TestRepository> {
    const made = await repository({
      architectures: ['amd64', 'arm64'],
      components: ['main', 'contrib'],
      ...input,
    })
    await made.add('unstable', hello, helloArm, data, installer)
    const sources = buildSource({ name: 'hello', version: '2.10-3', binaries: ['hello', 'hello-data'] })
    const sent = await made.upload('unstable', {
      ...{ source: 'hello', version: '2.10-3', files: [sources.dsc, ...sources.tarballs] },
    })
    expect([sent.status, await sent.text()]).toEqual([201, expect.stringContaining('Accepted')])
    const greet = await made.upload('unstable', {
      ...{ source: 'greet', version: '1.2-1', files: [library], section: 'contrib/libs' },
    })
    expect([greet.status, await greet.text()]).toEqual([201, expect.stringContaining('Accepted')])
    return made
  }

  let made: Promise<TestRepository> | undefined
  /** For tests that change nothing. */
  const shared = () => {
    made ??= filled()
    return made
  }

  describe(title, () => {
    itWith('apt-get', 'updates, shows, resolves, downloads and unpacks', async () => {
      const of = await shared()
      const { get, cache, downloads, directory } = await machine(of, [
        'deb unstable main contrib',
        'deb-src unstable main',
      ])
      fine(await get('update'))
      const policy = fine(await cache('policy', 'hello', 'libgreet1'))
      expect(policy).toMatch(/hello:\n {2}Installed: \(none\)\n {2}Candidate: 2\.10-3\n/)
      expect(policy).toContain(`500 ${of.url} unstable/main amd64 Packages`)
      expect(policy).toContain(`500 ${of.url} unstable/contrib amd64 Packages`)
      fine(await get('install', '--download-only', '--yes', 'hello'))
      expect(await downloads()).toEqual([
        ...['hello-data_2.10-3_all.deb', 'hello_2.10-3_amd64.deb', 'libgreet1_1%3a1.2-1_amd64.deb'],
      ])
      const stored = await readFile(join(directory, 'archives/hello_2.10-3_amd64.deb'))
      expect(stored.equals(hello.bytes)).toBe(true)
      const source = await get('source', 'hello')
      expect([source.status, source.stdout]).toEqual([
        0,
        expect.stringContaining('unpacking hello_2.10-3.debian'),
      ])
      expect(await readdir(join(directory, 'here/hello-2.10'))).toEqual(
        expect.arrayContaining(['README', 'debian']),
      )
      expect(fine(await cache('showsrc', 'hello'))).toContain('Binary: hello, hello-data')
    })

    itWith('apt-get', 'takes indexes by their hash when told to, and by their names when not', async () => {
      const of = await shared()
      for (const [byHash, asked] of [
        ['force', /GET \/apt\/[^ ]+\/binary-amd64\/by-hash\/SHA256\/[0-9a-f]{64} /],
        ['yes', /GET \/apt\/[^ ]+\/binary-amd64\/by-hash\/SHA256\/[0-9a-f]{64} /],
        ['no', /GET \/apt\/[^ ]+\/binary-amd64\/Packages\.\w+ /],
      ] as const) {
        const settings = { 'Acquire::By-Hash': byHash, 'Debug::Acquire::http': 'true' }
        const { get, cache } = await machine(of, ['deb unstable main'], { settings })
        const { status, stdout, stderr } = await get('update')
        expect([byHash, status]).toEqual([byHash, 0])
        expect(stdout + stderr).toMatch(asked)
        expect(fine(await cache('policy', 'hello'))).toContain('Candidate: 2.10-3')
      }
    })

    for (const compression of ['gz', 'zst', 'xz'] as const) {
      itWith('apt-get', `takes indexes that are compressed as ${compression}, where there are`, async () => {
        const of = await shared()
        const release = await of.text('dists/unstable/Release')
        const isOffered = release.includes(`main/binary-amd64/Packages.${compression}\n`)
        expect(isOffered || compression === 'xz').toBe(true)
        if (!isOffered) return
        const settings = {
          'Acquire::CompressionTypes::Order::': compression,
          'Debug::Acquire::http': 'true',
          'Acquire::By-Hash': 'no',
        }
        const { get, cache } = await machine(of, ['deb unstable main contrib'], { settings })
        const { status, stdout, stderr } = await get('update')
        expect([status, stdout + stderr]).toEqual([0, expect.stringContaining(`Packages.${compression} `)])
        expect(fine(await cache('policy', 'libgreet1'))).toContain('Candidate: 1:1.2-1')
      })
    }

    itWith('apt-get', 'reads the flat layout, one directory for each architecture', async () => {
      const of = await shared()
      const { get, cache, downloads } = await machine(of, ['deb unstable/amd64/', 'deb unstable/all/'])
      fine(await get('update'))
      expect(fine(await cache('policy', 'hello-data'))).toContain('Candidate: 2.10-3')
      fine(await get('install', '--download-only', '--yes', 'hello'))
      expect(await downloads()).toHaveLength(3)
    })

    itWith(
      'apt-get',
      'gives each architecture its own packages, and all of them what is for all',
      async () => {
        const of = await shared()
        const { get, cache, downloads } = await machine(of, ['deb unstable main contrib'], {
          architectures: ['arm64', 'amd64'],
        })
        fine(await get('update'))
        expect(fine(await cache('policy', 'hello'))).toContain('main arm64 Packages')
        expect(fine(await cache('policy', 'hello:amd64'))).toContain('main amd64 Packages')
        fine(await get('install', '--download-only', '--yes', 'hello'))
        expect(await downloads()).toEqual(['hello-data_2.10-3_all.deb', 'hello_2.10-3_arm64.deb'])
      },
    )

    itWith('apt-get', 'keeps udebs apart, where the installer looks for them', async () => {
      const of = await shared()
      const { get, cache } = await machine(of, ['deb unstable main'])
      fine(await get('update'))
      expect(
        fine(await cache('pkgnames'))
          .trim()
          .split('\n')
          .sort(),
      ).toEqual(['hello', 'hello-data'])
      expect((await cache('show', 'hello-udeb')).status).not.toBe(0)
      const packages = gunzipSync(
        await of.fetch('dists/unstable/main/debian-installer/binary-amd64/Packages.gz'),
      )
      const [only, ...others] = stanzasOf(packages.toString('utf8'))
      expect([only?.Package, others]).toEqual(['hello-udeb', []])
      expect((await of.fetch(only?.Filename ?? '')).equals(installer.bytes)).toBe(true)
    })

    itWith('apt-get', 'has long descriptions in Translation-en', async () => {
      const of = await shared()
      const { get, cache, lists } = await machine(of, ['deb unstable main'])
      fine(await get('update'))
      expect((await lists()).some((name) => name.includes('_main_i18n_Translation-en'))).toBe(true)
      expect(fine(await cache('show', 'hello'))).toContain(
        'greets whoever asks\n It says hello, in many words.\n .\n And again.\n',
      )
    })

    itWith('apt-get', 'says in Contents which package a path is of', async () => {
      const of = await shared()
      const settings = {
        'Acquire::IndexTargets::deb::Contents-deb::MetaKey': '$(COMPONENT)/Contents-$(ARCHITECTURE)',
        'Acquire::IndexTargets::deb::Contents-deb::Description': 'Contents of $(COMPONENT)',
        'Acquire::IndexTargets::deb::Contents-deb::KeepCompressed': 'false',
      }
      const { get, lists, directory } = await machine(of, ['deb unstable main'], { settings })
      fine(await get('update'))
      const name = (await lists()).find((one) => /_main_Contents-amd64$/.test(one)) ?? 'none'
      const text = await readFile(join(directory, 'lists', name), 'utf8')
      const lines = text
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/\s+/))
      const owners = Object.fromEntries(lines)
      expect(owners['usr/bin/hello']).toBe('misc/hello')
      // apt reads no other index than that of its architecture, so what is for all is in it, too.
      expect(owners['usr/share/hello/words']).toBe('misc/hello-data')
    })

    itWith('apt-get', 'ranks branches as they are set', async () => {
      const of = await repository({
        branches: [
          'stable',
          { name: 'next', notAutomatic: true },
          { name: 'backports', notAutomatic: true, butAutomaticUpgrades: true },
        ],
      })
      for (const [branch, version] of [
        ['stable', '1.0'],
        ['next', '3.0'],
        ['backports', '2.0'],
      ] as const) {
        await of.add(branch, buildDeb({ name: 'ranked', version }))
      }
      const { get, cache } = await machine(of, ['deb stable main', 'deb next main', 'deb backports main'])
      fine(await get('update'))
      const policy = fine(await cache('policy', 'ranked'))
      expect(policy).toContain('Candidate: 1.0')
      expect(policy).toContain(`  1 ${of.url} next/main amd64 Packages`)
      expect(policy).toContain(`100 ${of.url} backports/main amd64 Packages`)
      expect(policy).toContain(`500 ${of.url} stable/main amd64 Packages`)
    })

    itWith('apt-get', 'is not believed for longer than its Release says', async () => {
      const of = await repository({ branches: [{ name: 'stable', validDays: 7 }] })
      await of.add('stable', hello)
      const [release] = stanzasOf(await of.text('dists/stable/Release'))
      const days = (Date.parse(release?.['Valid-Until'] ?? '') - Date.parse(release?.Date ?? '')) / 86_400_000
      expect(days).toBe(7)
      fine(await (await machine(of, ['deb stable main'])).get('update'))
    })

    for (const [program, verify] of [
      ['gpgv', verifyWithGpgv],
      ['sqv', verifyWithSqv],
    ] as const) {
      itWith(
        program,
        `signs so that ${program} believes it with the published key, and nothing that was changed`,
        async () => {
          const of = await shared()
          for (const base of ['dists/unstable', 'dists/stable', 'unstable/amd64']) {
            const signed = {
              inRelease: await of.text(`${base}/InRelease`),
              release: await of.text(`${base}/Release`),
              detached: await of.text(`${base}/Release.gpg`),
              key: await of.fetch('key.gpg'),
            }
            for (const { status, stderr } of await verify(signed))
              expect([base, status, stderr]).toEqual([base, 0, stderr])
            const inRelease = signed.inRelease.replace('Codename: ', 'Codename: un')
            for (const { status } of await verify({ ...signed, inRelease, release: `${signed.release} ` })) {
              expect(status).not.toBe(0)
            }
          }
        },
      )
    }

    for (const next of ['generated', 'of GnuPG’s'] as const) {
      itWith('gpg', `goes from one key to the next, ${next}, without a gap`, async () => {
        const of = await repository()
        await of.add('unstable', hello)
        const old = await machine(of, ['deb unstable main'])
        fine(await old.get('update'))
        const [first] = (await of.change<{ items: { id: string }[] }>('GET', '/keys')).items
        const gpg = await openGpg()
        await of.change(
          ...(['POST', '/keys'] as const),
          next === 'generated'
            ? { origin: 'generated', algorithm: 'rsa4096' }
            : {
                origin: 'imported',
                privateKey: await gpg.privateKey(await gpg.generate('Next <next@example.org>', 'rsa3072')),
              },
        )
        // While both sign, whoever knows either believes it.
        await old.forget()
        fine(await old.get('update'))
        const both = await machine(of, ['deb unstable main'])
        fine(await both.get('update'))
        await of.change('POST', `/keys/${first?.id}/retire`)
        await both.forget()
        fine(await both.get('update'))
        await old.forget()
        const refused = await old.get('update')
        expect([refused.status, refused.stderr]).toEqual([100, expect.stringContaining('NO_PUBKEY')])
      })
    }

    itWith('apt-ftparchive', 'says of a pool what apt-ftparchive says of it', async () => {
      const of = await shared()
      const ours = stanzasOf(await of.text('dists/unstable/main/binary-amd64/Packages'))
      const { directory } = await aptMachine()
      for (const { Filename = '' } of ours) {
        await mkdir(dirname(join(directory, 'here', Filename)), { recursive: true })
        await writeFile(join(directory, 'here', Filename), await of.fetch(Filename))
      }
      const made = await run(
        'apt-ftparchive',
        ['-o', 'APT::FTPArchive::AlwaysStat=true', 'packages', 'pool'],
        { cwd: join(directory, 'here') },
      )
      const theirs = stanzasOf(made.stdout)
      const byName = (list: typeof ours) =>
        [...list].sort((a, b) => ((a.Package ?? '') < (b.Package ?? '') ? -1 : 1))
      expect(theirs.length).toBeGreaterThan(1)
      // Long descriptions are in Translation-en, found by their hash; SHA-256 is what everybody checks.
      const same = (list: typeof ours) =>
        byName(list).map(({ 'Description-md5': _, SHA512: __, ...one }) => ({
          ...{ ...one, Description: one.Description?.split('\n')[0] },
        }))
      expect(same(ours)).toEqual(same(theirs))
    })

    itWith('apt-get', 'is there as it was at every moment before', async () => {
      const of = await filled()
      const snapshots = async () =>
        (await of.change<{ items: { snapshotId: string }[] }>('GET', '/snapshots?branch=testing&limit=50'))
          .items
      const before = (await snapshots()).length
      await of.dmove({ package: 'hello', version: '2.10-3', from: 'unstable', to: 'testing' })
      const moved = (await snapshots())[0]?.snapshotId ?? 'none'
      // Snapshots are named by the second in which they are there.
      await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(snapshotMoment(moved)))
      expect((await snapshots()).length).toBe(before + 1)
      await of.dmove({ package: 'hello', version: '2.10-3', from: 'testing', to: 'stable' })
      const then = { ...of, url: `${of.url}/snapshots/${moved}` }
      const { get, cache, downloads } = await machine({ ...then, key: of.key }, ['deb testing main'])
      fine(await get('update'))
      expect(fine(await cache('policy', 'hello'))).toContain('Candidate: 2.10-3')
      fine(await get('install', '--download-only', '--yes', 'hello-data'))
      expect(await downloads()).toEqual(['hello-data_2.10-3_all.deb'])
      const now = await machine(of, ['deb testing main'])
      fine(await now.get('update'))
      expect(fine(await now.cache('policy', 'hello'))).not.toContain('Candidate: 2.10-3')

      const ask = (id: string) =>
        fetch(`${of.url}/snapshots/${id}/dists/testing/InRelease`, { redirect: 'manual' })
      expect((await ask(moved)).status).toBe(200)
      const between = await ask('29990101T000000Z')
      expect([between.status, between.headers.get('location')]).toEqual([
        301,
        expect.stringMatching(/\/snapshots\/\d{8}T\d{6}Z\/dists\/testing\/InRelease$/),
      ])
      expect((await ask('20010101T000000Z')).status).toBe(404)
      expect((await ask('yesterday')).status).toBe(404)
      expect(await of.text('dists/testing/Release')).toMatch(/^Snapshots: /m)
    })

    itWith('apt-get', 'sees a moved package in the one branch, and no longer in the other', async () => {
      const of = await filled()
      const both = await machine(of, ['deb unstable main', 'deb testing main', 'deb-src testing main'])
      fine(await both.get('update'))
      const answer = await of.dmove({ package: 'hello', version: '2.10-3', from: 'unstable', to: 'testing' })
      expect(answer.status).toBe(200)
      fine(await both.get('update'))
      const policy = fine(await both.cache('policy', 'hello', 'hello-data'))
      expect(policy.match(/testing\/main/g)).toHaveLength(2)
      expect(policy).not.toContain('unstable/main')
      expect((await both.get('source', '--download-only', 'hello')).status).toBe(0)
    })

    itWith('apt-get', 'takes packages of Debian’s own', async () => {
      const { directory } = await aptMachine()
      const here = join(directory, 'here')
      const wanted = ['hello', 'tzdata', 'zlib1g']
      const fetched = await run(
        'apt-get',
        [
          '-o',
          'APT::Sandbox::User=root',
          '-o',
          'Acquire::Retries=0',
          '-o',
          'Acquire::http::Timeout=5',
          'download',
          ...wanted,
        ],
        { cwd: here },
      )
      // What was being downloaded when it failed lies there under its name, too.
      const found = fetched.status === 0 ? await readdir(here) : []
      const names = found.filter((name) => name.endsWith('.deb'))
      if (names.length === 0) {
        console.log(
          `not tried with packages of Debian’s own, which cannot be had here: ${fetched.stderr.trim().split('\n')[0]}`,
        )
        return
      }
      const of = await repository()
      for (const name of names) {
        await of.add('unstable', { file: name.replace('%3a', ':'), bytes: await readFile(join(here, name)) })
      }
      const { get, cache, downloads } = await machine(of, ['deb unstable main'])
      fine(await get('update'))
      const { stdout } = await run('apt-ftparchive', ['packages', '.'], { cwd: here })
      for (const theirs of stanzasOf(stdout)) {
        const [ours] = stanzasOf(fine(await cache('show', '--no-all-versions', theirs.Package ?? '')))
        for (const field of ['Version', 'SHA256', 'Size', 'Depends', 'Installed-Size', 'Multi-Arch']) {
          expect([field, ours?.[field]]).toEqual([field, theirs[field]])
        }
        fine(await get('download', theirs.Package ?? ''))
      }
      expect(await downloads()).toHaveLength(names.length)
    })
  })
}
