import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Where the log lines of all processes go. */
export interface LogSink {
  write(line: string): void
  /** The file, when they do not go to standard error. */
  path?: string
}

const FILE_LIMIT = 32 * 1024 * 1024

/**
 * A person at a terminal reads the summary there, and the log in `<data>/logs/entrepot.log` (and `.1`, at most 32 MiB
 * each). Everything else that starts Entrepôt collects standard error.
 */
export function openLogSink(dataDirectory: string): LogSink {
  if (!process.stderr.isTTY) return { write: (line) => void process.stderr.write(`${line}\n`) }
  const directory = join(dataDirectory, 'logs')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  return fileSink(join(directory, 'entrepot.log'), FILE_LIMIT)
}

/** Appends to a file; at the limit in bytes it becomes `<path>.1`, and a new one begins. */
export function fileSink(path: string, limit: number): LogSink {
  let file = openSync(path, 'a', 0o600)
  let size = fstatSync(file).size
  return {
    path,
    write(line) {
      const bytes = Buffer.from(`${line}\n`)
      try {
        if (size > limit) {
          closeSync(file)
          renameSync(path, `${path}.1`)
          file = openSync(path, 'a', 0o600)
          size = 0
        }
        size += writeSync(file, bytes)
      } catch (error) {
        // A full disk costs log lines, never the service.
        if (!isFull(error)) throw error
      }
    },
  }
}

function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT'
}
