import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { reservePorts } from '@/test/support/ports'

const PROGRAM = 'apt-cacher-ng'

/**
 * apt-cacher-ng on a port of its own, with a cache of its own below `directory`, until the test ends.
 * @param proxy through which it asks; of its kind it reaches none on a port above 32767.
 * @returns its URL.
 */
export async function startAptCacher(directory: string, proxy: string): Promise<string> {
  const [port] = await reservePorts(1)
  for (const name of ['conf', 'cache', 'log']) await mkdir(join(directory, name), { recursive: true })
  const settings = {
    ...{ ForeGround: 1, Port: port, BindAddress: '127.0.0.1', Proxy: proxy },
    ...{ CacheDir: join(directory, 'cache'), LogDir: join(directory, 'log'), SocketPath: '', PidFile: '' },
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${value}\n`)
  await writeFile(join(directory, 'conf/acng.conf'), lines.join(''))
  const child = spawn(PROGRAM, ['-c', join(directory, 'conf')], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const url = `http://127.0.0.1:${port}`
  await vi.waitFor(() => fetch(url))
  return url
}
