import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished } from 'vitest'
import { startAptCacher } from '@/test/support/apt-cacher'
import { type AptMachine, type AptOptions, aptMachine, type Ran, run } from '@/test/support/apt-client'
import { openAptPlace } from '@/test/support/apt-place'
import { type FilledPool, fillPool, poolBelow } from '@/test/support/apt-pool'
import { stanzasOf } from '@/test/support/apt-repository'
import { openTestContext } from '@/test/support/context'
import { startForwardProxy } from '@/test/support/forward-proxy'
import { reservePorts } from '@/test/support/ports'
import { itWith } from '@/test/support/tools'

/* What reads a repository beside apt itself, and apt where it is not at home. */

const ctx = await openTestContext()
const { place } = await openAptPlace(ctx)
const PYTHON = '/usr/bin/python3'
const MODULES = '/usr/lib/python3/dist-packages'

function fine({ status, stdout, stderr }: Ran): string {
  const said = stderr.replace(/^W: Download is performed unsandboxed.*\n/gm, '')
  expect([status, said, status === 0 || stdout]).toEqual([0, '', true])
  return stdout
}

let made: Promise<FilledPool> | undefined
const shared = () => {
  made ??= fillPool(place, 'read')
  return made
}

async function machineFor(
  { of, url = of.url }: FilledPool & { url?: string },
  options: AptOptions = {},
): Promise<AptMachine> {
  const machine = await aptMachine(options)
  const key = await machine.writeKey('repository', await of.key())
  await machine.setSources(
    `Types: deb deb-src\nURIs: ${url}\nSuites: unstable\nComponents: main contrib\nSigned-By: ${key}\n`,
  )
  return machine
}

/** The environment of programs that ask apt for its settings. */
const within = ({ directory }: AptMachine) =>
  ({
    ...{ PATH: process.env.PATH, HOME: directory, LC_ALL: 'C.UTF-8' },
    APT_CONFIG: join(directory, 'apt.conf'),
  }) as unknown as NodeJS.ProcessEnv

describe('a repository', () => {
  itWith(['debootstrap', 'wget', 'gpgv'], 'is what debootstrap begins with', async () => {
    const filled = await shared()
    const machine = await machineFor(filled)
    const keyring = await machine.writeKey('debootstrap', await filled.of.fetch('key.gpg'))
    const target = join(machine.directory, 'here/target')
    const options = ['--variant=minbase', '--download-only', '--arch=amd64', `--keyring=${keyring}`]
    const ran = await run('debootstrap', [...options, 'unstable', target, filled.of.url], {
      env: within(machine),
    })
    expect([ran.status, ran.stdout]).toEqual([0, expect.stringContaining('Valid Release signature')])
    const { pool } = filled
    const wanted = [
      'apt_1.0_amd64.deb',
      'hello++_2.10~rc1+b1-3_amd64.deb',
      'hello-data_2.10~rc1+b1-3_all.deb',
    ]
    expect(Object.values(await poolBelow(target)).sort()).toEqual(wanted.map((name) => pool[name]).sort())
  })

  itWith(
    ['apt-file', '/etc/apt/apt.conf.d/50apt-file.conf'],
    'tells apt-file what is in its packages',
    async () => {
      const machine = await machineFor(await shared(), { architectures: ['amd64', 'arm64'] })
      const settings = await readFile('/etc/apt/apt.conf.d/50apt-file.conf')
      await writeFile(join(machine.directory, 'etc/parts/50apt-file.conf'), settings)
      const aptFile = (...args: string[]) => run('apt-file', args, { env: within(machine) })
      fine(await aptFile('update'))
      expect(fine(await aptFile('search', 'bin/hello'))).toBe('hello++: /usr/bin/hello\n')
      expect(fine(await aptFile('-a', 'arm64', 'list', 'hello-data'))).toContain(
        'hello-data: /usr/share/hello/some words\n',
      )
    },
  )

  itWith(
    [PYTHON, `${MODULES}/debian/deb822.py`, `${MODULES}/apt/cache.py`],
    'is read by the libraries of Python',
    async () => {
      const filled = await shared()
      const machine = await machineFor(filled)
      const python = (program: string) =>
        run(PYTHON, ['-W', 'error', '-c', program], { env: within(machine) })
      const read = fine(await python(readWithDeb822(filled.of.url)))
      expect(JSON.parse(read)).toEqual(['apt', 'hello', 'hello++', 'hello-data', 'hello-udeb'])
      const held = fine(await python(readWithApt))
      expect(held.trim().split('\n').at(-1)).toBe(`hello++ ${filled.version} True`)
    },
  )

  itWith(['apt-get', 'apt-cacher-ng'], 'is read through apt-cacher-ng, also when it changes', async () => {
    const filled = await fillPool(place, 'cached')
    const { host, pathname } = new URL(filled.of.url)
    const [port] = await reservePorts(1)
    const proxy = await startForwardProxy({ 'packages.example.org:80': host }, port)
    onTestFinished(() => proxy.close())
    const cacher = await startAptCacher((await aptMachine()).directory, proxy.url)
    const named = { ...filled, url: `http://packages.example.org${pathname}` }
    const settings = { 'Acquire::http::Proxy': cacher }
    for (const byHash of ['force', 'no']) {
      const { get } = await machineFor(named, { settings: { ...settings, 'Acquire::By-Hash': byHash } })
      fine(await get('update'))
      fine(await get('install', '--download-only', '--yes', 'apt'))
      fine(await get('source', '--download-only', 'hello'))
    }
    const machine = await machineFor(named, { settings: { ...settings, 'Acquire::By-Hash': 'no' } })
    fine(await machine.get('update'))
    const { version } = filled
    await filled.of.dmove({ package: 'hello', version, from: 'unstable', to: 'testing' })
    fine(await machine.get('update'))
    expect(fine(await machine.cache('policy', 'hello++'))).not.toContain('Candidate: 1:')
  })

  itWith(['apt-get'], 'is for machines of another architecture alone, with what is for all', async () => {
    const machine = await machineFor(await shared(), { architectures: ['arm64'] })
    fine(await machine.get('update'))
    const lists = (await machine.lists()).join('\n')
    expect(lists).toContain('main_binary-arm64_Packages')
    expect(lists).not.toMatch(/binary-(amd64|all)/)
    fine(await machine.get('install', '--download-only', '--yes', 'hello++'))
    expect(await machine.downloads()).toEqual([
      'hello++_1%3a2.10~rc1+b1-3_arm64.deb',
      'hello-data_1%3a2.10~rc1+b1-3_all.deb',
    ])
  })

  itWith(['apt-get'], 'has what a foreign architecture lacks, and what building needs', async () => {
    const machine = await machineFor(await shared(), { architectures: ['amd64', 'arm64', 'i386'] })
    // It has nothing for i386, and apt says no word about it.
    fine(await machine.get('update'))
    fine(await machine.get('download', 'hello++:arm64', 'hello++:amd64'))
    expect(await machine.downloads()).toHaveLength(2)
    const needed = await machine.get('build-dep', '--simulate', '--arch-only', 'hello')
    // Which the repository does not have: apt has understood what the source needs.
    expect(needed.stdout).toContain('build-essential')
  })

  itWith(['dget', 'curl', 'dpkg-source'], 'gives dget a source by the address of its .dsc', async () => {
    const { of, pool } = await shared()
    const machine = await aptMachine()
    const here = join(machine.directory, 'here')
    const dsc = 'hello_2.10~rc1+b1-3.dsc'
    const ran = await run('dget', ['--allow-unauthenticated', `${of.url}/pool/main/h/hello/${dsc}`], {
      ...{ cwd: here, env: within(machine) },
    })
    expect([ran.status, ran.stdout]).toEqual([0, expect.stringContaining('extracting hello')])
    const { [dsc]: hex, ...others } = await poolBelow(here)
    expect(hex).toBe(pool[dsc])
    expect(Object.keys(others)).toHaveLength(2)
  })

  itWith(['dpkg-scanpackages'], 'says of a pool what dpkg-scanpackages says of it', async () => {
    const { of } = await shared()
    const ours = stanzasOf(await of.text('dists/unstable/main/binary-amd64/Packages'))
    const { directory } = await aptMachine()
    const here = join(directory, 'here')
    for (const { Filename = '' } of ours) {
      await mkdir(dirname(join(here, Filename)), { recursive: true })
      await writeFile(join(here, Filename), await of.fetch(Filename))
    }
    const theirs = stanzasOf((await run('dpkg-scanpackages', ['pool'], { cwd: here })).stdout)
    // Long descriptions are in Translation-en, found by their hash.
    const same = (list: typeof ours) =>
      list
        .toSorted((a, b) => ((a.Filename ?? '') < (b.Filename ?? '') ? -1 : 1))
        .map(({ 'Description-md5': _, ...one }) => ({ ...one, Description: one.Description?.split('\n')[0] }))
    expect(theirs).toHaveLength(3)
    expect(same(ours)).toEqual(same(theirs))
  })
})

/** Checks all that Release names, reads all stanzas in both ways, and prints the packages. */
const readWithDeb822 = (url: string) => `
import hashlib, io, json, urllib.request
from debian import deb822
def get(path):
    with urllib.request.urlopen('${url}/dists/unstable/' + path) as answer:
        return answer.read()
release = deb822.Release(get('Release'))
names = set()
for file in release['SHA256']:
    content = get(file['name'])
    assert (hashlib.sha256(content).hexdigest(), str(len(content))) == (file['sha256'], file['size']), file
    kind = {'Packages': deb822.Packages, 'Sources': deb822.Sources}.get(file['name'].split('/')[-1])
    for one in kind.iter_paragraphs(io.BytesIO(content), use_apt_pkg=False) if kind else []:
        one.get_version()
        one.relations
        names.add(one['Package'])
print(json.dumps(sorted(names)))
`

const readWithApt = `
import apt
cache = apt.Cache()
cache.update()
cache.open()
found = cache['hello++'].candidate
print(found.package.name, found.version, found.origins[0].trusted)
`
