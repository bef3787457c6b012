import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { addUploader } from '@/server/apt/keys/add-uploader'
import { createRepository } from '@/server/apt/repositories/create-repository'
import { repositoryInput } from '@/server/apt/schema'
import { system } from '@/server/auth/permissions'
import { createSecret } from '@/test/support/api'
import { aptMachine } from '@/test/support/apt-client'
import { openTestContext } from '@/test/support/context'
import { openPackager, type Packager } from '@/test/support/debian-package'
import { createActor } from '@/test/support/people'
import { startTestRegistry } from '@/test/support/registry'
import { itWith } from '@/test/support/tools'

const ctx = await openTestContext()
const { port, url } = await startTestRegistry(ctx)
const token = await createSecret(ctx, await createActor(ctx, 'member'), { scopes: ['push'] })
const machine = { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? process.arch
const BUILDING = ['dpkg-buildpackage', 'debsign', 'gpg', 'apt-get']
let opened: Promise<Packager> | undefined
const openOnce = () => {
  opened ??= openPackager()
  return opened
}

async function repositoryFor({ publicKey }: Packager, name: string) {
  const input = repositoryInput.parse({
    ...{ name, components: ['main'], architectures: [machine], branches: ['unstable', 'testing'] },
    signaturePolicy: 'required',
  })
  const { id } = await createRepository(ctx, system, input)
  await addUploader(ctx, system, { repo: name, name: 'Packager', publicKey })
  return id
}

const dputConfig = (repository: string) =>
  `[DEFAULT]\ndefault_host_main = here\n\n[here]\nfqdn = 127.0.0.1:${port}\nmethod = http\nincoming = /upload/${repository}/unstable\nlogin = someone\nallow_unsigned_uploads = 1\nrun_dinstall = 0\nrun_lintian = 0\n`

const duploadConfig = (repository: string) =>
  `package config;\n$default_host = 'here';\n$preupload = { changes => '', sourcepackage => '', package => '', file => '', deb => '' };\n$cfg{'here'} = {\n  fqdn => '127.0.0.1:${port}', method => 'http', incoming => '/upload/${repository}/unstable',\n  login => 'someone', passwordcmd => 'echo ${token}', nomail => 1,\n};\n1;\n`

const stateOf = async (repositoryId: string) =>
  (await ctx.db.aptUpload.findMany({ where: { repositoryId }, orderBy: { id: 'desc' } })).map((row) => [
    row.state,
    row.signer,
  ])

describe('a package made by dpkg-buildpackage and signed by debsign', () => {
  itWith(['dput', ...BUILDING], 'is uploaded by dput, and apt finds it', async () => {
    const packager = await openOnce()
    const id = await repositoryFor(packager, 'bydput')
    const changes = await packager.build('hello', '1.0', 'unstable')
    await writeFile(join(packager.home, 'dput.cf'), dputConfig('bydput'))
    const dput = () =>
      packager.run('dput', ['--force', '--config', join(packager.home, 'dput.cf'), 'here', changes], {
        input: `${token}\n`,
      })
    const told = await dput()
    expect(told).toMatchObject({ status: 0, stdout: expect.stringContaining('Successfully uploaded') })
    expect(await stateOf(id)).toEqual([['accepted', packager.fingerprint]])
    const apt = await aptMachine({ architectures: [machine] })
    const key = await apt.writeKey('bydput', await (await fetch(`${url}/apt/bydput/key.asc`)).text())
    await apt.setSources(
      ['deb', 'deb-src']
        .map((type) => `${type} [signed-by=${key}] ${url}/apt/bydput unstable main`)
        .join('\n'),
    )
    expect(await apt.get('update')).toMatchObject({ status: 0, stderr: '' })
    expect(await apt.get('download', 'hello')).toMatchObject({ status: 0 })
    expect(await apt.get('source', '--download-only', 'hello')).toMatchObject({ status: 0 })
    expect(await apt.downloads()).toEqual(['hello_1.0.dsc', 'hello_1.0.tar.xz', `hello_1.0_${machine}.deb`])
    // The same again, as after an answer that was lost.
    expect(await dput()).toMatchObject({ status: 0 })
    expect(
      await ctx.db.aptPublication.count({ where: { branch: { repositoryId: id }, cause: 'upload' } }),
    ).toBe(1)
  })

  itWith(['dupload', ...BUILDING], 'is uploaded by dupload', async () => {
    const packager = await openOnce()
    const id = await repositoryFor(packager, 'bydupload')
    const changes = await packager.build('world', '1.0', 'unstable')
    await writeFile(join(packager.home, 'dupload.conf'), duploadConfig('bydupload'))
    const dupload = (...args: string[]) =>
      packager.run('dupload', ['--configfile', join(packager.home, 'dupload.conf'), ...args, changes])
    const told = await dupload('--to', 'here')
    expect(told).toMatchObject({ status: 0 })
    expect(await stateOf(id)).toEqual([['accepted', packager.fingerprint]])
  })

  itWith(
    ['dput', 'dupload', ...BUILDING],
    'is refused by a clear line when it is for another branch',
    async () => {
      const packager = await openOnce()
      const id = await repositoryFor(packager, 'refuses')
      const changes = await packager.build('stray', '1.0', 'stable')
      await writeFile(join(packager.home, 'refuses.cf'), dputConfig('refuses'))
      await writeFile(join(packager.home, 'refuses.conf'), duploadConfig('refuses'))
      const config = join(packager.home, 'refuses')
      const input = `${token}\n`
      const told = await packager.run('dput', ['--config', `${config}.cf`, 'here', changes], { input })
      expect(told.status).not.toBe(0)
      expect(told.stdout).toMatch(
        /Upload failed: 422 It is for the distribution "stable", and was sent to the branch/,
      )
      const other = await packager.run('dupload', ['--configfile', `${config}.conf`, '--to', 'here', changes])
      expect(other.status).not.toBe(0)
      expect(`${other.stdout}${other.stderr}`).toContain('It is for the distribution "stable"')
      expect((await stateOf(id)).map(([state]) => state)).toEqual(['rejected', 'rejected'])
    },
  )
})
