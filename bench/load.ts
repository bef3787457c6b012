import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Load {
  port: number
  /** The request target: absolute-form for a proxy, origin-form for a server. */
  target: string
  host: string
  connections: number
  seconds: number
  headers?: Record<string, string>
}

export interface Rate {
  requests: number
  bytes: number
}

/**
 * Requests and bytes a second, by wrk on one thread. Every answer must be 200: an error page is fast, too.
 * @throws Error when an answer is not 200 or a connection breaks.
 */
export async function load({ port, target, host, connections, seconds, headers = {} }: Load): Promise<Rate> {
  const directory = await mkdtemp(join(tmpdir(), 'entrepot-load-'))
  const script = join(directory, 'request.lua')
  await writeFile(script, requestScript(target, { Host: host, ...headers }))
  try {
    const args = [
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      '--timeout',
      '30s',
      '-s',
      script,
      `http://127.0.0.1:${port}/`,
    ]
    const { stdout } = await run('wrk', args)
    const [, failed = '0', requests = '0', bytes = '0', micros = '1'] =
      /RESULT (\d+) (\d+) (\d+) (\d+)/.exec(stdout) ?? []
    if (Number(failed) > 0 || Number(requests) === 0) throw new Error(`wrk on ${target}: ${stdout}`)
    const elapsed = Number(micros) / 1e6
    return { requests: Number(requests) / elapsed, bytes: Number(bytes) / elapsed }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** A request that never changes lets wrk send it without asking Lua each time. */
function requestScript(target: string, headers: Record<string, string>): string {
  const fields = Object.entries(headers).map(([name, value]) => `wrk.headers["${name}"] = "${value}"`)
  return `
wrk.path = "${target}"
${fields.join('\n')}
done = function(summary)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d\\n", e.connect + e.read + e.write + e.status + e.timeout,
    summary.requests, summary.bytes, summary.duration))
end
`
}
