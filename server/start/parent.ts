import { AppError } from '@/server/errors'
import { StartProblem } from '@/server/start/start-problem'

/** Whether this process was started by the supervisor, and not apart. */
export function isSupervised(): boolean {
  return process.connected === true
}

/** Tells the supervisor, if there is one, that this process is ready to serve. */
export function tellReady(): void {
  if (process.connected) process.send?.('ready')
}

/**
 * Runs `drain` once when the process is asked to end, and then ends it. When the supervisor is gone, also by kill -9, it
 * ends at once: the next start needs its ports.
 */
export function endInOrder(drain: () => Promise<void>): void {
  let asked = false
  const end = () => {
    if (asked) return
    asked = true
    drain().then(() => process.exit(0), endWith)
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  process.on('disconnect', () => process.exit(1))
}

/** Ends the process because of an error, with a sentence where it is one for people. */
export function endWith(error: unknown): void {
  process.stderr.write(`${explain(error)}\n`)
  process.exit(1)
}

/** The error in a sentence where it is one that whoever starts Entrepôt can mend; otherwise where it came from. */
export function explain(error: unknown): string {
  if (error instanceof AppError || error instanceof StartProblem) return error.message
  const { code, syscall, address, port } = error as NodeJS.ErrnoException & {
    address?: string
    port?: number
  }
  if (code === 'EADDRINUSE' && syscall === 'listen') return `Port ${port} on ${address} is in use.`
  if (syscall === 'connect') return `The database at ${address}:${port} does not answer (${code}).`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
