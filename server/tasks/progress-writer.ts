import type { Context } from '@/server/context'
import { notify } from '@/server/events'
import type { TaskProgress } from '@/server/tasks/task'

const INTERVAL_MS = 250

/** Brings progress into the row at most four times a second, however often it is set, and never two writes at once. */
export class ProgressWriter {
  private pending: TaskProgress | undefined
  private timer: NodeJS.Timeout | undefined
  private writing: Promise<void> = Promise.resolve()

  constructor(
    private readonly ctx: Context,
    private readonly taskId: string,
  ) {}

  set(progress: TaskProgress): void {
    this.pending = { ...this.pending, ...progress }
    this.timer ??= setTimeout(() => void this.flush(), INTERVAL_MS)
  }

  /** Writes what is pending; settles when the row has it. A failed write is logged: progress never fails the work. */
  flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    const next = this.pending
    this.pending = undefined
    if (next) this.writing = this.writing.then(() => this.write(next))
    return this.writing
  }

  private async write({ done, total, unit, step }: TaskProgress): Promise<void> {
    const data = {
      ...(done !== undefined && { done }),
      ...(total !== undefined && { total }),
      ...(unit !== undefined && { unit }),
      ...(step !== undefined && { step }),
    }
    try {
      await this.ctx.db.task.update({ where: { id: this.taskId }, data, select: { id: true } })
      await notify(this.ctx.db, { topic: 'task', id: this.taskId })
    } catch (error) {
      this.ctx.log.warn({ err: error }, 'progress could not be written')
    }
  }
}
