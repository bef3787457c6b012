import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Server, startServer } from '@/bench/programs'

/** Debian's docker-registry on the filesystem, as lean as it goes: no authentication, no log of requests. */
export async function startDockerRegistry(
  program: string,
  place: { directory: string; port: number },
): Promise<Server> {
  await mkdir(place.directory, { recursive: true })
  const config = join(place.directory, 'config.yml')
  await writeFile(
    config,
    `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage:
  cache: { blobdescriptor: inmemory }
  filesystem: { rootdirectory: ${place.directory}/data, maxthreads: 100 }
  delete: { enabled: true }
http: { addr: "127.0.0.1:${place.port}" }
`,
  )
  return startServer(program, ['serve', config], place.port)
}
