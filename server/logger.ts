import { type DestinationStream, type Logger as Pino, pino } from 'pino'
import { env } from '@/server/env'

export type Logger = Pino

/** Secrets never reach a log line, whatever object is handed in. */
const redacted = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  '*.authorization',
  '*.password',
  '*.token',
]

let root: Logger | undefined

/** The process's logger: JSON lines on standard error, level by `ENTREPOT_LOG_LEVEL`. */
export function logger(): Logger {
  root ??= loggerTo(pino.destination({ dest: 2, sync: false }))
  return root
}

/** A logger like the process's own, whose lines go elsewhere. */
export function loggerTo(destination: DestinationStream): Logger {
  return pino({ level: env().ENTREPOT_LOG_LEVEL, redact: redacted, base: { pid: process.pid } }, destination)
}
