import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { aptMachine, type Ran, run } from '@/test/support/apt-client'
import { openAptPlace } from '@/test/support/apt-place'
import { type FilledPool, fillPool, poolBelow } from '@/test/support/apt-pool'
import { openTestContext } from '@/test/support/context'
import { startForwardProxy } from '@/test/support/forward-proxy'
import { openGpg } from '@/test/support/gpg'
import { itWith } from '@/test/support/tools'

/* Programs that copy a repository whole. They are stricter than apt, and each reads other files. */

const ctx = await openTestContext()
const { place } = await openAptPlace(ctx)

function fine({ status, stdout, stderr }: Ran): string {
  expect([status, status === 0 || stdout + stderr]).toEqual([0, true])
  return stdout
}

let made: Promise<FilledPool> | undefined
const shared = () => {
  made ??= fillPool(place, 'copied')
  return made
}

/** A directory of a mirror's own, removed after the file, with the repository's key. */
async function mirrorFor({ of }: FilledPool) {
  const machine = await aptMachine()
  const key = await machine.writeKey('copied', await of.fetch('key.gpg'))
  const home = join(machine.directory, 'here')
  const env = { PATH: process.env.PATH, HOME: home, LC_ALL: 'C.UTF-8' } as unknown as NodeJS.ProcessEnv
  return { machine, key, home, env }
}

/** apt takes the copy for the repository. */
async function readsCopy(mirror: Awaited<ReturnType<typeof mirrorFor>>, directory: string) {
  const { machine, key } = mirror
  await machine.setSources(
    `deb [signed-by=${key}] file:${directory} unstable main contrib\ndeb-src [signed-by=${key}] file:${directory} unstable main`,
  )
  const updated = await machine.get('update')
  expect([updated.status, updated.stderr]).toEqual([0, ''])
  expect(fine(await machine.cache('show', 'hello++'))).toContain('It says hello, in many words.')
  fine(await machine.get('source', '--download-only', 'hello'))
}

describe('a repository', () => {
  itWith(['aptly', 'gpg', 'gpgv'], 'is copied by aptly, and followed', async () => {
    const filled = await fillPool(place, 'followed')
    const { key, home, env } = await mirrorFor(filled)
    await writeFile(join(home, 'aptly.conf'), JSON.stringify({ rootDir: home, gpgProvider: 'gpg' }))
    const aptly = (...args: string[]) => run('aptly', [`-config=${home}/aptly.conf`, ...args], { env })
    const mirror = (command: string, ...args: string[]) =>
      aptly('mirror', command, `-keyring=${key}`, ...args)
    fine(await mirror('create', '-with-sources', '-with-udebs', 'copy', filled.of.url, 'unstable'))
    fine(await mirror('update', 'copy'))
    const kept = Object.values(await poolBelow(join(home, 'pool')))
    expect(kept.sort()).toEqual(Object.values(filled.pool).sort())
    const names = async () =>
      fine(await aptly('mirror', 'show', '-with-packages', 'copy')).match(/^ {2}\S+_\S+_\S+$/gm) ?? []
    expect(await names()).toHaveLength(6)
    const { version } = filled
    const moved = await filled.of.dmove({ package: 'hello', version, from: 'unstable', to: 'testing' })
    expect(moved.status).toBe(200)
    fine(await mirror('update', 'copy'))
    expect(await names()).toEqual(['  apt_1.0_amd64'])
    const flat = ['flat', `${filled.of.url}/`, 'testing/amd64/']
    fine(await mirror('create', ...flat))
    fine(await mirror('update', 'flat'))
  })

  itWith(['reprepro', 'gpg', 'apt-get'], 'is pulled by reprepro', async () => {
    const filled = await shared()
    const { key, home } = await mirrorFor(filled)
    const gpg = await openGpg()
    expect(await gpg.gpg('--import', key)).toMatchObject({ status: 0 })
    const listed = fine(await gpg.gpg('--list-keys', '--with-colons'))
    const [, keyId = ''] = /^fpr:+[0-9A-F]{24}([0-9A-F]{16}):/m.exec(listed) ?? []
    const wanted =
      'Components: main contrib\nUDebComponents: main\nArchitectures: amd64 arm64 source\nUpdate: ours\n'
    await mkdir(join(home, 'conf'))
    await writeFile(join(home, 'conf/distributions'), `Codename: copy\n${wanted}`)
    await writeFile(
      join(home, 'conf/updates'),
      `Name: ours\nMethod: ${filled.of.url}\nSuite: unstable\nVerifyRelease: ${keyId}\n`,
    )
    const env = {
      PATH: process.env.PATH,
      HOME: gpg.home,
      GNUPGHOME: gpg.home,
    } as unknown as NodeJS.ProcessEnv
    const reprepro = (...args: string[]) => run('reprepro', ['-b', home, ...args], { env })
    fine(await reprepro('update'))
    expect(fine(await reprepro('list', 'copy')).match(/^(u\|)?copy\|.*$/gm)).toHaveLength(7)
    expect(await poolBelow(join(home, 'pool'))).toEqual(filled.pool)
    // What it asks the second time is answered as nothing new.
    expect(fine(await reprepro('checkupdate', 'copy'))).not.toMatch(/upgraded|newly/)
  })

  itWith(['debmirror', 'gpgv', 'apt-get'], 'is mirrored by debmirror, for apt', async () => {
    const filled = await shared()
    const mirror = await mirrorFor(filled)
    const { host, pathname } = new URL(filled.of.url)
    const copy = join(mirror.home, 'copy')
    const ran = await run(
      'debmirror',
      [
        ...['--method=http', `--host=${host}`, `--root=${pathname.slice(1)}`, '--rsync-extra=none', '--i18n'],
        ...['--dist=unstable', '--section=main,main/debian-installer,contrib', '--arch=amd64,arm64'],
        ...[`--keyring=${mirror.key}`, '--getcontents', copy],
      ],
      mirror,
    )
    fine(ran)
    expect(ran.stderr + ran.stdout).not.toMatch(/failed|uninitialized/i)
    expect(await poolBelow(copy)).toEqual(filled.pool)
    await readsCopy(mirror, copy)
  })

  itWith(['apt-mirror', 'wget', 'apt-get'], 'is mirrored by apt-mirror, for apt', async () => {
    const filled = await shared()
    const mirror = await mirrorFor(filled)
    // It knows no ports but the usual one.
    const proxy = await startForwardProxy({ 'packages.example.org:80': new URL(filled.of.url).host })
    const url = `http://packages.example.org${new URL(filled.of.url).pathname}`
    const settings = { base_path: mirror.home, run_postmirror: '0', use_proxy: 'on', http_proxy: proxy.url }
    const lines = [
      ...Object.entries(settings).map(([name, value]) => `set ${name} ${value}\n`),
      ...['amd64', 'arm64'].map((arch) => `deb [arch=${arch}] ${url} unstable main contrib\n`),
      `deb-src ${url} unstable main contrib\n`,
    ]
    for (const path of ['mirror', 'skel', 'var']) await mkdir(join(mirror.home, path))
    await writeFile(join(mirror.home, 'mirror.list'), lines.join(''))
    try {
      fine(await run('apt-mirror', [join(mirror.home, 'mirror.list')], mirror))
    } finally {
      await proxy.close()
    }
    expect(await readdir(join(mirror.home, 'mirror'))).toEqual(['packages.example.org'])
    const copy = join(mirror.home, `mirror/packages.example.org${new URL(url).pathname}`)
    const { 'hello-udeb_2.10~rc1+b1-3_amd64.udeb': _, ...others } = filled.pool
    expect(await poolBelow(copy)).toEqual(others)
    await readsCopy(mirror, copy)
  })
})
