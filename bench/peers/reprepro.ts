import { execFile } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { SigningHome } from '@/bench/peers/signing-home'

const run = promisify(execFile)
/** As many names as one command line holds. */
const AT_ONCE = 20_000

export interface Reprepro {
  /** Adds all packages of a directory; as many calls as command lines need. @returns milliseconds. */
  include(branch: string, directory: string): Promise<number>
  /** Writes all indexes of a branch anew, signed. @returns milliseconds. */
  exportAnew(branch: string): Promise<number>
}

/** Debian's reprepro, with the indexes it makes unless told otherwise: Packages and Packages.gz, signed twice. */
export async function openReprepro(
  program: string,
  { directory, signing, branches }: { directory: string; signing: SigningHome; branches: readonly string[] },
): Promise<Reprepro> {
  await mkdir(join(directory, 'conf'), { recursive: true })
  const stanzas = branches.map(
    (branch) =>
      `Codename: ${branch}\nComponents: main\nArchitectures: amd64\nSignWith: ${signing.fingerprint}\n`,
  )
  await writeFile(join(directory, 'conf/distributions'), stanzas.join('\n'))
  const call = async (cwd: string, ...args: string[]) => {
    const started = performance.now()
    await run(program, ['--silent', '--basedir', directory, ...args], {
      cwd,
      env: signing.env,
      maxBuffer: 2 ** 26,
    })
    return performance.now() - started
  }
  return {
    async include(branch, from) {
      const files = (await readdir(from)).filter((name) => name.endsWith('.deb'))
      let took = 0
      for (let at = 0; at < files.length; at += AT_ONCE) {
        took += await call(from, 'includedeb', branch, ...files.slice(at, at + AT_ONCE))
      }
      return took
    },
    exportAnew: (branch) => call(directory, 'export', branch),
  }
}
