import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type Ran, run } from '@/test/support/apt-client'

const closing: (() => Promise<void>)[] = []
afterAll(() => Promise.all(closing.map((close) => close())))

/** GnuPG with a home of its own; removed after the test file. */
interface Gpg {
  home: string
  gpg(...args: string[]): Promise<Ran>
  /** A key that signs, without a passphrase. @returns its fingerprint. */
  generate(userId: string, algorithm?: string): Promise<string>
  /** Armored. */
  publicKey(fingerprint: string): Promise<string>
  privateKey(fingerprint: string): Promise<string>
}

export async function openGpg(): Promise<Gpg> {
  // The agent's socket must have a short name.
  const home = await mkdtemp(join(tmpdir(), 'gpg-'))
  const env = { PATH: process.env.PATH, HOME: home, GNUPGHOME: home, LC_ALL: 'C.UTF-8' }
  const program = (command: string, args: string[]) =>
    run(command, args, { env: env as unknown as NodeJS.ProcessEnv })
  const gpg = (...args: string[]) => program('gpg', ['--batch', '--pinentry-mode', 'loopback', ...args])
  const output = async (...args: string[]) => {
    const { status, stdout, stderr } = await gpg(...args)
    if (status !== 0) throw new Error(`gpg ${args.join(' ')}: ${stderr}`)
    return stdout
  }
  closing.push(async () => {
    await program('gpgconf', ['--kill', 'all'])
    // An agent that ends takes its sockets away meanwhile.
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  })
  return {
    home,
    gpg,
    async generate(userId, algorithm = 'ed25519') {
      const status = await output(
        ...['--passphrase', '', '--status-fd', '1'],
        ...['--quick-generate-key', userId, algorithm, 'sign', 'never'],
      )
      const [, fingerprint] = /KEY_CREATED P ([0-9A-F]{40})/.exec(status) ?? []
      if (fingerprint === undefined) throw new Error(`gpg made no key: ${status}`)
      return fingerprint
    },
    publicKey: (fingerprint) => output('--armor', '--export', fingerprint),
    privateKey: (fingerprint) => output('--armor', '--passphrase', '', '--export-secret-keys', fingerprint),
  }
}

export interface Signed {
  inRelease: string
  release: string
  detached: string
  /** Binary: what gpgv takes. */
  key: Buffer
}

/** What gpgv says of InRelease and of Release with Release.gpg, by nothing but this key. */
export async function verifyWithGpgv(signed: Signed): Promise<Ran[]> {
  return inFiles(signed, async (path) => {
    const own = ['--keyring', path('key.gpg')]
    return Promise.all([
      run('gpgv', [...own, path('InRelease')]),
      run('gpgv', [...own, path('Release.gpg'), path('Release')]),
    ])
  })
}

/** The same by sqv, as apt 3 asks it. */
export async function verifyWithSqv(signed: Signed): Promise<Ran[]> {
  return inFiles(signed, async (path) => [
    await run('sqv', ['--keyring', path('key.gpg'), path('Release.gpg'), path('Release')]),
  ])
}

async function inFiles(signed: Signed, verify: (path: (name: string) => string) => Promise<Ran[]>) {
  const directory = await mkdtemp(join(tmpdir(), 'entrepot-signed-'))
  const path = (name: string) => join(directory, name)
  try {
    await writeFile(path('InRelease'), signed.inRelease)
    await writeFile(path('Release'), signed.release)
    await writeFile(path('Release.gpg'), signed.detached)
    await writeFile(path('key.gpg'), signed.key)
    return await verify(path)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
