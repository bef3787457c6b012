import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const MAX_BYTES = 64 * 1024 * 1024

export interface CurlAnswer {
  status: number
  headers: string
  body: Buffer
}

interface Through {
  proxy: string
  caFile: string
}

/** What curl gets for a URL through the proxy; options on its command line win over the settings of this machine. */
export async function curlThrough(
  { proxy, caFile }: Through,
  url: string,
  args: string[] = [],
): Promise<CurlAnswer> {
  const own = ['--noproxy', '', '--proxy', proxy, '--cacert', caFile, '--suppress-connect-headers']
  return curl(url, ...own, ...args)
}

/** What curl gets for a URL, directly. */
export async function curl(url: string, ...args: string[]): Promise<CurlAnswer> {
  const own = ['-q', '-sS', '--max-time', '100', '--noproxy', '*', '--include']
  const { stdout } = await run('curl', [...own, ...args, url], { encoding: 'buffer', maxBuffer: MAX_BYTES })
  const end = stdout.indexOf('\r\n\r\n')
  const headers = stdout.subarray(0, end).toString('latin1')
  return { status: Number(headers.split(' ')[1]), headers, body: stdout.subarray(end + 4) }
}
