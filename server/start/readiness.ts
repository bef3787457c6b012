import { request } from 'node:http'

const POLL_MS = 100
const ANSWER_MS = 30_000

/**
 * Settles when something at this address answers an HTTP request at all.
 * @param host the address the server is bound to.
 */
export async function untilAnswers(host: string, port: number, signal: AbortSignal): Promise<void> {
  const address = reachableAddress(host)
  while (!signal.aborted && !(await answers(address, port))) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** Where this machine reaches what is bound to `host`. */
export function reachableAddress(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host, port, path: '/healthz', timeout: ANSWER_MS, agent: false }, (answer) => {
      answer.resume()
      resolve(true)
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => resolve(false))
    asked.end()
  })
}
