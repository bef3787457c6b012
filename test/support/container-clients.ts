import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll } from 'vitest'

const run = promisify(execFile)
/** One that hangs is ended before its test is, and its failure told. */
const LONGEST_MS = 110_000

/** The programs that people use, with settings, storage and credentials of their own; they need no daemon. */
export interface ContainerClients {
  directory: string
  /** Each gives what the program wrote to standard output; it fails with what it wrote to standard error. */
  skopeo(...args: string[]): Promise<string>
  podman(...args: string[]): Promise<string>
  buildah(...args: string[]): Promise<string>
}

/**
 * @param hosts `host:port` of registries that speak plain HTTP.
 * @param variables what else is in their environment.
 */
export async function containerClients(
  hosts: string[],
  variables: Record<string, string> = {},
): Promise<ContainerClients> {
  const directory = await mkdtemp(join(tmpdir(), 'entrepot-containers-'))
  const inside = (name: string) => join(directory, name)
  await mkdir(inside('run'), { mode: 0o700 })
  await mkdir(inside('.config/containers'), { recursive: true })
  await writeFile(inside('auth.json'), '{}')
  await writeFile(
    inside('.config/containers/registries.conf'),
    hosts.map((host) => `[[registry]]\nlocation = "${host}"\ninsecure = true\n`).join(''),
  )
  await writeFile(
    inside('storage.conf'),
    `[storage]\ndriver = "vfs"\ngraphroot = "${inside('graph')}"\nrunroot = "${inside('run/storage')}"\n`,
  )
  await writeFile(
    inside('containers.conf'),
    '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "none"\n',
  )
  const env = {
    ...{ PATH: process.env.PATH, HOME: directory, TMPDIR: directory, XDG_RUNTIME_DIR: inside('run') },
    ...{ CONTAINERS_CONF: inside('containers.conf'), CONTAINERS_STORAGE_CONF: inside('storage.conf') },
    REGISTRY_AUTH_FILE: inside('auth.json'),
    ...variables,
  } as unknown as NodeJS.ProcessEnv
  const program =
    (name: string) =>
    async (...args: string[]) => {
      const { stdout } = await run(name, args, { env, timeout: LONGEST_MS, maxBuffer: 32 * 1024 * 1024 })
      return stdout
    }
  const clients = { skopeo: program('skopeo'), podman: program('podman'), buildah: program('buildah') }
  afterAll(async () => {
    // Storage of the system administrator's may have mounts; each program knows how to take its own away.
    await clients.buildah('rm', '--all').catch(() => undefined)
    await clients.podman('rmi', '--all', '--force').catch(() => undefined)
    await rm(directory, { recursive: true, force: true })
  })
  return { directory, ...clients }
}
