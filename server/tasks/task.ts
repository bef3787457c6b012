import type { Context } from '@/server/context'

export interface TaskProgress {
  done?: number
  /** Null while the end is not known. */
  total?: number | null
  unit?: string
  step?: string
}

/** What a running task is given: a narrow hold on its own row. */
export interface TaskRun {
  id: string
  /** The row it works on. */
  subjectId: string
  /** 1 for the first run. */
  attempt: number
  /** Aborted when someone cancels, and when the process drains. */
  signal: AbortSignal
  /** Shown live; written at most four times a second, the last one always. */
  progress(progress: TaskProgress): void
  log(message: string, level?: 'info' | 'warn' | 'error'): Promise<void>
}

/** A kind of long work. Handlers are idempotent: after a crash the same run starts again. */
export interface TaskDefinition {
  kind: string
  run(ctx: Context, run: TaskRun): Promise<void>
  /** Brings the subject into a truthful state after the task was cancelled, waiting or running. */
  cancelled?(ctx: Context, subjectId: string): Promise<void>
}

/** Thrown by a handler that wants to be run again: the task waits until then. */
export class RetryLater extends Error {
  constructor(
    readonly at: Date,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause })
    this.name = 'RetryLater'
  }
}
