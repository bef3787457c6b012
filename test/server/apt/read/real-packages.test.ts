import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { paragraphsOf, parseParagraph } from '@/server/apt/format/control'
import { parseDsc } from '@/server/apt/format/dsc'
import { formatPackagesStanza } from '@/server/apt/format/packages-stanza'
import { formatSourcesStanza } from '@/server/apt/format/sources-stanza'
import { readDeb } from '@/server/apt/read/read-deb'
import { sourceInMemory } from '@/server/storage/source'
import { itWith } from '@/test/support/tools'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'entrepot-debs-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const run = (program: string, args: string[]) =>
  execFileSync(program, args, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })

/** Writes a file below the directory of the tests. */
function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true })
  writeFileSync(join(directory, path), content)
}

/** Many fields in no order, so that theirs shows. */
const CONTROL = `Package: real-greeter
Version: 2:1.0-1
Description: greet the world
 In many lines.
 .
  * verbatim, with white space at its end  \n .
 The end.
Architecture: amd64
X-Own-Field: kept
Maintainer: Jérôme Example <j@example.org>
Section: contrib/misc
Priority: optional
Source: real-source (1:0.9)
Homepage: https://example.org/
Depends: libc6 (>= 2.3),
 real-other | other
Provides: greeter (= 1)
Pre-Depends: dpkg
Recommends: aa
Suggests: bb
Enhances: cc
Breaks: dd
Conflicts: ee
Replaces: ff
Multi-Arch: same
Essential: no
Built-Using: gcc-12 (= 12.2.0-14)
Static-Built-Using: rustc (= 1)
Installed-Size: 12
Tag: role::program
Task: greeting
Origin: Example
Bugs: https://example.org/bugs
Original-Maintainer: Ann <ann@example.org>
Uploaders: Bob <bob@example.org>
Build-Ids: 0123
Protected: no
Installer-Menu-Item: 1
Kernel-Version: 1
Subarchitecture: x
`

const CHANGELOG =
  'real-greeter (2:1.0-1) unstable; urgency=low\n\n  * Newest.\n\n -- Ann <a@b.c>  Sat, 21 Nov 2026 10:00:00 +0000\n'
const LONG = `usr/share/real-greeter/${'long-directory-name/'.repeat(8)}${'f'.repeat(120)}`

function build(compression: string, extension: string): Buffer {
  const root = `tree-${compression}-${extension}`
  put(`${root}/DEBIAN/control`, CONTROL)
  put(`${root}/usr/bin/greet`, '#!/bin/sh\n')
  put(`${root}/${LONG}`, 'x')
  put(`${root}/usr/share/real-greeter/größe`, Buffer.alloc(700_000, 'abc'))
  put(`${root}/usr/share/doc/real-greeter/changelog.Debian.gz`, gzipSync(`${CHANGELOG}\nolder (1) x\n`))
  run('ln', ['-sf', '../bin/greet', join(root, 'usr/share/real-greeter/link')])
  run('ln', ['-f', join(root, 'usr/bin/greet'), join(root, 'usr/bin/hard')])
  const file = `pool/${compression}.${extension}`
  mkdirSync(join(directory, 'pool'), { recursive: true })
  run('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--uniform-compression', '-b', root, file])
  return readFileSync(join(directory, file))
}

const hash = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest('hex')
const digests = (bytes: Buffer) => ({
  size: bytes.length,
  md5: hash('md5', bytes),
  sha1: hash('sha1', bytes),
  sha256: hash('sha256', bytes),
})

/** A stanza without the hashes that only others write. */
const without = (text: string, ...fields: string[]) =>
  parseParagraph(text).fields.filter(([name]) => !fields.includes(name))

describe('packages that dpkg-deb builds', () => {
  for (const [compression, extension] of [
    ['gzip', 'deb'],
    ['xz', 'deb'],
    ['zstd', 'deb'],
    ['none', 'deb'],
    ['xz', 'udeb'],
  ] as const) {
    itWith('dpkg-deb', `are read as it reads them: ${compression}, .${extension}`, async () => {
      const bytes = build(compression, extension)
      const deb = await readDeb(sourceInMemory(bytes), bytes.length, { wantPaths: true })
      const file = `pool/${compression}.${extension}`
      expect(deb.compression).toEqual({ control: compression, data: compression })
      expect(parseParagraph(run('dpkg-deb', ['-f', file])).fields).toEqual(deb.control.fields)
      const listed = run('sh', ['-c', `dpkg-deb --fsys-tarfile ${file} | tar -tf - --quoting-style=literal`])
      const paths = listed.split('\n').filter((path) => path !== '' && !path.endsWith('/'))
      expect(deb.paths).toEqual(paths.map((path) => path.replace('./', '')))
      expect(deb.paths).toContain(LONG)
      expect(deb.paths).toContain('usr/share/real-greeter/größe')
      expect(deb.changelog).toBe(CHANGELOG)
    })
  }

  itWith('apt-ftparchive', 'are indexed as apt-ftparchive does it', async () => {
    const bytes = build('gzip', 'deb')
    const theirs = run('apt-ftparchive', [
      'packages',
      'pool/gzip.deb',
      '-o',
      'APT::FTPArchive::LongDescription=false',
    ])
    const { control } = await readDeb(sourceInMemory(bytes), bytes.length)
    const ours = formatPackagesStanza({ control, path: 'pool/gzip.deb', ...digests(bytes) })
    expect(parseParagraph(ours.stanza).fields).toEqual(without(theirs, 'SHA512'))
    expect(`${ours.stanza}\n`).toBe(theirs.replace(/^SHA512: .*\n/m, ''))
  })

  itWith('apt-ftparchive', 'have the description that apt looks for', async () => {
    const bytes = build('gzip', 'deb')
    const config = `Dir { ArchiveDir "."; CacheDir "."; }
      Default { Packages::Compress "."; Translation::Compress "."; LongDescription "false"; }
      Tree "dists" { Directory "translated"; Sections "main"; Architectures "amd64"; LongDescription "false";
        Packages "dists/Packages-$(ARCH)"; Translation "dists/Translation-en"; BinCacheDB "cache.db"; }`
    put('apt.conf', config)
    put('translated/real-greeter_1.0-1_amd64.deb', bytes)
    mkdirSync(join(directory, 'dists'), { recursive: true })
    run('apt-ftparchive', ['generate', 'apt.conf'])
    const { control } = await readDeb(sourceInMemory(bytes), bytes.length)
    const { descriptionMd5 } = formatPackagesStanza({ control, path: 'x', ...digests(bytes) })
    const [theirs] = paragraphsOf(readFileSync(join(directory, 'dists/Translation-en'), 'utf8'))
    expect(theirs?.fields).toEqual([
      ['Package', 'real-greeter'],
      ['Description-md5', descriptionMd5],
      ['Description-en', control.need('Description')],
    ])
  })
})

describe('sources', () => {
  itWith('apt-ftparchive', 'are indexed as apt-ftparchive does it', () => {
    const tarball = Buffer.from('not looked into')
    const { size, md5, sha1, sha256 } = digests(tarball)
    const text = `Format: 3.0 (native)
X-Own: kept
Source: real-source
Package-List:
 real-greeter deb contrib/misc optional arch=amd64
Binary: real-greeter
Vcs-Git: https://example.org/git
Vcs-Browser: https://example.org/
Architecture: amd64
Version: 1:0.9
Uploaders: Bob <bob@example.org>
Maintainer: Jérôme Example <j@example.org>
Testsuite-Triggers: aa
Testsuite: autopkgtest
Homepage: https://example.org/
Standards-Version: 4.6.2
Build-Conflicts-Indep: gg
Build-Conflicts-Arch: ff
Build-Conflicts: ee
Build-Depends-Indep: dd
Build-Depends-Arch: cc
Build-Depends: debhelper-compat (= 13)
Dm-Upload-Allowed: yes
Original-Maintainer: Ann <ann@example.org>
Origin: Example
Checksums-Sha1:
 ${sha1} ${size} real-source_0.9.tar.gz
Checksums-Sha256:
 ${sha256} ${size} real-source_0.9.tar.gz
Files:
 ${md5} ${size} real-source_0.9.tar.gz
`
    put('sources/real-source_0.9.tar.gz', tarball)
    put('sources/real-source_0.9.dsc', text)
    const theirs = run('apt-ftparchive', ['sources', 'sources'])
    const ours = formatSourcesStanza({
      dsc: parseDsc(text),
      directory: 'sources',
      files: [
        { name: 'real-source_0.9.dsc', ...digests(Buffer.from(text)) },
        { name: 'real-source_0.9.tar.gz', ...digests(tarball) },
      ],
    })
    expect(`${ours}\n`).toBe(theirs.replace(/^Checksums-Sha512:\n( .*\n)*/m, ''))
  })
})
