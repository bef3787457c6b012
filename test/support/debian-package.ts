import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type Ran, run } from '@/test/support/apt-client'
import { openGpg } from '@/test/support/gpg'

/** Somebody who builds and signs packages, with a home of their own. */
export interface Packager {
  home: string
  /** Upper-case hex. */
  fingerprint: string
  publicKey: string
  /** Runs a program there, without a terminal. */
  run(command: string, args: readonly string[], more?: { cwd?: string; input?: string }): Promise<Ran>
  /** Builds a source and a binary package, signed by debsign. @returns the path of the .changes. */
  build(name: string, version: string, distribution: string): Promise<string>
}

const homes: string[] = []
afterAll(() => Promise.all(homes.map((home) => rm(home, { recursive: true, force: true }))))

/** For the top of a test file or inside a test: it is removed after the file. */
export async function openPackager(): Promise<Packager> {
  const gpg = await openGpg()
  const who = 'Packager <packager@example.org>'
  const fingerprint = await gpg.generate(who)
  const publicKey = await gpg.publicKey(fingerprint)
  const home = await mkdtemp(join(tmpdir(), 'entrepot-packager-'))
  homes.push(home)
  const env = {
    ...{ PATH: process.env.PATH, HOME: home, GNUPGHOME: gpg.home, LC_ALL: 'C.UTF-8', USER: 'packager' },
    DUPLOAD_USER: 'packager',
  } as unknown as NodeJS.ProcessEnv
  const within: Packager['run'] = (command, args, { cwd = home, input = '' } = {}) =>
    run('setsid', ['--wait', command, ...args], { cwd, env, input })
  return {
    ...{ home, fingerprint, publicKey, run: within },
    async build(name, version, distribution) {
      const directory = join(home, `${name}-${version}`)
      await writeSource(directory, { name, version, distribution, who })
      const options = ['--no-sign', '--no-check-builddeps', '--build=full']
      await needed(within('dpkg-buildpackage', options, { cwd: directory }))
      const machine = (await needed(within('dpkg', ['--print-architecture']))).trim()
      const changes = join(home, `${name}_${version}_${machine}.changes`)
      await needed(within('debsign', ['--no-conf', `-k${fingerprint}`, changes]))
      return changes
    },
  }
}

async function needed(running: Promise<Ran>): Promise<string> {
  const { status, stdout, stderr } = await running
  if (status !== 0) throw new Error(`${stdout}${stderr}`)
  return stdout
}

interface Source {
  name: string
  version: string
  distribution: string
  who: string
}

async function writeSource(directory: string, { name, version, distribution, who }: Source): Promise<void> {
  await mkdir(join(directory, 'debian/source'), { recursive: true })
  const write = (path: string, text: string) => writeFile(join(directory, path), text)
  await write(name, `#!/bin/sh\necho ${name} ${version}\n`)
  await write('debian/source/format', '3.0 (native)\n')
  await write(
    'debian/control',
    `Source: ${name}\nSection: misc\nPriority: optional\nMaintainer: ${who}\nStandards-Version: 4.6.2\n\n` +
      `Package: ${name}\nArchitecture: any\nDescription: made for tests\n It says its name.\n`,
  )
  await write(
    'debian/changelog',
    `${name} (${version}) ${distribution}; urgency=medium\n\n  * For tests.\n\n -- ${who}  Tue, 14 Nov 2023 22:13:20 +0000\n`,
  )
  await write(
    'debian/rules',
    [
      '#!/usr/bin/make -f',
      'clean:\n\trm -rf debian/tmp debian/files',
      'build build-arch build-indep binary-indep:',
      'binary binary-arch:',
      `\tinstall -D -m 755 ${name} debian/tmp/usr/bin/${name}`,
      '\tinstall -d debian/tmp/DEBIAN',
      `\tdpkg-gencontrol -p${name}`,
      '\tdpkg-deb --build --root-owner-group debian/tmp ..',
      '',
    ].join('\n'),
  )
  await chmod(join(directory, 'debian/rules'), 0o755)
}
