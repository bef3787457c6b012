import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll } from 'vitest'

/** What a program did. */
export interface Ran {
  status: number | null
  stdout: string
  stderr: string
}

/** One that hangs is ended before its test is, and told of as the test's own failure. */
const LONGEST_MS = 110_000

/** Runs a program to its end, whatever its exit code. @param env replaces the environment. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env, input = '' }: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<Ran> {
  const child = spawn(command, args, {
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  })
  child.stdin.on('error', () => undefined).end(input)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const [status, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { status, stdout, stderr }
}

export interface AptOptions {
  /** The first is the machine's own; `amd64` unless told. */
  architectures?: string[]
  /** More settings, by name: `{ 'Acquire::By-Hash': 'force' }`. */
  settings?: Record<string, string>
}

/** A machine of apt's: lists, caches, keys and settings of its own, nothing of the machine that runs the test. */
export interface AptMachine {
  directory: string
  /** Replaces its sources: one-line style, or deb822 when it has a line `Types:`. */
  setSources(sources: string): Promise<void>
  /** Where a key that sources name by Signed-By lies. @param key armored or binary. */
  writeKey(name: string, key: string | Buffer): Promise<string>
  /** Replaces what dpkg says is installed: stanzas of its status file. */
  setInstalled(stanzas: string): Promise<void>
  /** `apt-get`, in the directory `here`. */
  get(...args: string[]): Promise<Ran>
  cache(...args: string[]): Promise<Ran>
  /** Names of downloaded files in its directory and in its cache. */
  downloads(): Promise<string[]>
  /** Names of its lists, decompressed or not. */
  lists(): Promise<string[]>
  /** Forgets all lists. */
  forget(): Promise<void>
}

const directories: string[] = []
afterAll(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true }))))

/** For the top of a test file or inside a test: it is removed after the file. */
export async function aptMachine({
  architectures = ['amd64'],
  settings = {},
}: AptOptions = {}): Promise<AptMachine> {
  const directory = await mkdtemp(join(tmpdir(), 'entrepot-apt-'))
  directories.push(directory)
  const inside = (path: string) => join(directory, path)
  const clear = async () => {
    await rm(inside('lists'), { recursive: true, force: true })
    await mkdir(inside('lists/partial'), { recursive: true })
  }
  const places = ['archives/partial', 'cache', 'etc/parts', 'etc/sources', 'etc/trusted', 'here', 'log']
  for (const path of places) await mkdir(inside(path), { recursive: true })
  await clear()
  for (const file of ['status', 'etc/sources.list']) await writeFile(inside(file), '')
  await writeFile(inside('apt.conf'), configuration(directory, architectures, settings))
  const env = { PATH: process.env.PATH, HOME: directory, LC_ALL: 'C.UTF-8', APT_CONFIG: inside('apt.conf') }
  const program =
    (name: string) =>
    (...args: string[]) =>
      run(name, args, { cwd: inside('here'), env: env as unknown as NodeJS.ProcessEnv })
  const names = async (path: string) => (await readdir(inside(path))).filter((name) => !isOwn(name)).sort()
  return {
    directory,
    get: program('apt-get'),
    cache: program('apt-cache'),
    lists: () => names('lists'),
    downloads: async () => [...(await names('here')), ...(await names('archives'))].sort(),
    forget: clear,
    setInstalled: (stanzas) => writeFile(inside('status'), stanzas),
    async setSources(sources) {
      const isDeb822 = /^Types:/m.test(sources)
      await rm(inside('etc/sources'), { recursive: true })
      await mkdir(inside('etc/sources'))
      await writeFile(inside(`etc/sources/here.${isDeb822 ? 'sources' : 'list'}`), `${sources}\n`)
    },
    async writeKey(name, key) {
      const path = inside(`etc/${name}.${typeof key === 'string' ? 'asc' : 'gpg'}`)
      await writeFile(path, key)
      return path
    },
  }
}

const isOwn = (name: string) => ['lock', 'partial', 'auxfiles'].includes(name)

/** Read first of all, so that nothing of this machine's own settings is. */
function configuration(
  directory: string,
  architectures: readonly string[],
  settings: Record<string, string>,
): string {
  const own: Record<string, string> = {
    'APT::Architecture': architectures[0] ?? '',
    // The user `_apt` may not enter a directory that mkdtemp made.
    'APT::Sandbox::User': 'root',
    'APT::Update::Error-Mode': 'any',
    'Acquire::http::Proxy': 'DIRECT',
    'Acquire::https::Proxy': 'DIRECT',
    'Acquire::Retries': '0',
    'Acquire::http::Timeout': '100',
    'Dir::State': directory,
    'Dir::State::lists': `${directory}/lists/`,
    'Dir::State::status': `${directory}/status`,
    'Dir::Cache': `${directory}/cache`,
    'Dir::Cache::archives': `${directory}/archives/`,
    'Dir::Log': `${directory}/log`,
    'Dir::Etc::main': '/dev/null',
    'Dir::Etc::parts': `${directory}/etc/parts/`,
    'Dir::Etc::sourcelist': `${directory}/etc/sources.list`,
    'Dir::Etc::sourceparts': `${directory}/etc/sources/`,
    'Dir::Etc::trusted': '/dev/null',
    'Dir::Etc::trustedparts': `${directory}/etc/trusted/`,
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': `${directory}/etc/parts/`,
    ...settings,
  }
  const lines = Object.entries(own).map(([name, value]) => `${name} "${value}";\n`)
  const named = architectures.map((name) => `"${name}"; `)
  return [...lines, `APT::Architectures { ${named.join('')}};\n`, 'Acquire::Languages { "en"; };\n'].join('')
}
