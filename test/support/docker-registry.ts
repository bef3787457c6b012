import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { reservePorts } from '@/test/support/ports'

const PROGRAM = 'docker-registry'

/** Debian's docker-registry on a port of its own, until the test ends; the directory is its caller's to remove. @returns its name. */
export async function startDockerRegistry(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true })
  const [port] = await reservePorts(1)
  const config = join(directory, 'config.yml')
  await writeFile(
    config,
    `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: ${directory}/data } }
http: { addr: "127.0.0.1:${port}" }
`,
  )
  const child = spawn(PROGRAM, ['serve', config], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const name = `127.0.0.1:${port}`
  await vi.waitFor(() => fetch(`http://${name}/v2/`))
  return name
}
