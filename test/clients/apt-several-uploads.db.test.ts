import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect } from 'vitest'
import { addUploader } from '@/server/apt/keys/add-uploader'
import { createRepository } from '@/server/apt/repositories/create-repository'
import { repositoryInput } from '@/server/apt/schema'
import { system } from '@/server/auth/permissions'
import { createSecret } from '@/test/support/api'
import { openTestContext } from '@/test/support/context'
import { openPackager, type Packager } from '@/test/support/debian-package'
import { createActor } from '@/test/support/people'
import { startTestRegistry } from '@/test/support/registry'
import { itWith } from '@/test/support/tools'

/* Several uploads in one go, with names and versions that URLs quote. */

const ctx = await openTestContext()
const { port } = await startTestRegistry(ctx)
const token = await createSecret(ctx, await createActor(ctx, 'member'), { scopes: ['push'] })
const machine = { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? process.arch
const BUILDING = ['dpkg-buildpackage', 'debsign', 'gpg']
const PACKAGES = [
  ['greet++', '1.0~rc1+b'],
  ['libwave', '2.0'],
] as const

let opened: Promise<Packager> | undefined
const packagerOnce = () => {
  opened ??= openPackager()
  return opened
}

async function repositoryFor({ publicKey }: Packager, name: string): Promise<void> {
  const input = repositoryInput.parse({
    ...{ name, components: ['main'], architectures: [machine], branches: ['unstable'] },
    signaturePolicy: 'required',
  })
  await createRepository(ctx, system, input)
  await addUploader(ctx, system, { repo: name, name: 'Packager', publicKey })
}

async function buildAll(packager: Packager): Promise<string[]> {
  const changes: string[] = []
  for (const [name, version] of PACKAGES) changes.push(await packager.build(name, version, 'unstable'))
  return changes
}

const inRepository = async (name: string) => {
  const rows = await ctx.db.aptPackage.findMany({ where: { repository: { name } } })
  return rows.map((row) => `${row.name} ${row.version} ${row.architecture}`).sort()
}
const all = PACKAGES.flatMap(([name, version]) =>
  [machine, 'source'].map((architecture) => `${name} ${version} ${architecture}`),
).sort()

describe('several uploads', () => {
  itWith(['dupload', ...BUILDING], 'are brought by one call of dupload', async () => {
    const packager = await packagerOnce()
    await repositoryFor(packager, 'dupload')
    const config = join(packager.home, 'dupload.conf')
    await writeFile(
      config,
      `package config;\n$preupload = { changes => '', sourcepackage => '', package => '', file => '', deb => '' };\n$cfg{'here'} = {\n  fqdn => '127.0.0.1:${port}', method => 'http', incoming => '/upload/dupload/unstable',\n  login => 'someone', passwordcmd => 'echo ${token}', nomail => 1,\n};\n1;\n`,
    )
    const changes = await buildAll(packager)
    const told = await packager.run('dupload', ['--configfile', config, '--to', 'here', ...changes])
    expect([told.status, told.status === 0 || told.stdout + told.stderr]).toEqual([0, true])
    expect(await inRepository('dupload')).toEqual(all)
  })

  itWith(['dput', 'debrelease', ...BUILDING], 'are brought by dput, and the last by debrelease', async () => {
    const packager = await packagerOnce()
    await repositoryFor(packager, 'dput')
    await writeFile(
      join(packager.home, '.dput.cf'),
      `[here]\nfqdn = 127.0.0.1:${port}\nmethod = http\nincoming = /upload/dput/unstable\nlogin = someone\nallow_unsigned_uploads = 1\n`,
    )
    const changes = await buildAll(packager)
    // It asks for the password of each.
    const input = `${token}\n`.repeat(changes.length)
    const told = await packager.run('dput', ['here', ...changes], { input })
    expect([told.status, told.status === 0 || told.stdout + told.stderr]).toEqual([0, true])
    expect(await inRepository('dput')).toEqual(all)
    const last = await packager.build('last', '1.0', 'unstable')
    const cwd = join(dirname(last), 'last-1.0')
    const released = await packager.run('debrelease', ['--dput', 'here'], { cwd, input })
    expect([released.status, released.status === 0 || released.stdout + released.stderr]).toEqual([0, true])
    expect(await inRepository('dput')).toEqual([...all, `last 1.0 ${machine}`, 'last 1.0 source'].sort())
  })
})
