import { connect } from 'node:net'

/**
 * All that a server answers to these bytes until it closes the connection, or, with `until`, until its answer contains that
 * text. Fails after `ms`, with what had come by then.
 */
export function exchange(
  port: number,
  bytes: string | Buffer,
  { until, ms = 100_000 }: { until?: string; ms?: number } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error(`neither closed nor complete after ${ms} ms: ${JSON.stringify(answer)}`))
    }, ms)
    const settle = () => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      answer += chunk
      if (until !== undefined && answer.includes(until)) settle()
    })
    socket.on('close', settle)
    socket.on('error', settle)
  })
}

/** The status codes of the answers in a text, in order. */
export function statuses(answer: string): number[] {
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
}
