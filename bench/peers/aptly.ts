import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { SigningHome } from '@/bench/peers/signing-home'

const run = promisify(execFile)

export interface Aptly {
  add(branch: string, directory: string): Promise<void>
  publish(branch: string): Promise<void>
  /** Moves a package and publishes both branches. @returns milliseconds. */
  move(one: { name: string; version: string }, from: string, to: string): Promise<number>
  /** What is published. */
  root: string
}

/** Debian's aptly, signing, without Contents, which it would make by reading every package. */
export async function openAptly(
  program: string,
  { directory, signing, branches }: { directory: string; signing: SigningHome; branches: readonly string[] },
): Promise<Aptly> {
  await mkdir(directory, { recursive: true })
  const config = join(directory, 'aptly.conf')
  const settings = { rootDir: join(directory, 'root'), gpgProvider: 'gpg', architectures: ['amd64'] }
  await writeFile(config, JSON.stringify(settings))
  const call = (...args: string[]) =>
    run(program, [`-config=${config}`, ...args], { env: signing.env, maxBuffer: 2 ** 28 })
  const publishing = ['-batch', '-skip-contents', '-skip-bz2', `-gpg-key=${signing.fingerprint}`]
  for (const branch of branches) {
    await call('repo', 'create', '-component=main', `-distribution=${branch}`, branch)
  }
  return {
    root: join(directory, 'root/public'),
    async add(branch, from) {
      await call('repo', 'add', branch, from)
    },
    async publish(branch) {
      await call('publish', 'repo', ...publishing, branch)
    },
    async move({ name, version }, from, to) {
      const started = performance.now()
      await call('repo', 'move', from, to, `${name} (= ${version})`)
      for (const branch of [from, to]) await call('publish', 'update', ...publishing, branch)
      return performance.now() - started
    },
  }
}
