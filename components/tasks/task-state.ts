import type { StateName } from '@/components/ui/states'
import type { Task } from '@/server/tasks/schema'

/** The state as people see it: a running task that was asked to stop is cancelling. */
export function stateOfTask(task: Pick<Task, 'state' | 'cancelRequested' | 'finishedAt'>): StateName {
  return task.cancelRequested && task.finishedAt === null ? 'cancelling' : task.state
}

/** Seconds a task has run, or ran; null before it starts. */
export function secondsOfTask(task: Pick<Task, 'startedAt' | 'finishedAt'>, now: Date): number | null {
  if (task.startedAt === null) return null
  const end = task.finishedAt === null ? now : new Date(task.finishedAt)
  return Math.max(0, (end.getTime() - new Date(task.startedAt).getTime()) / 1000)
}

export interface Pace {
  /** Units per second. */
  rate: number
  /** Seconds until done; null while the end is not known. */
  remaining: number | null
}

/** How fast a running task goes, judged by all it has done; undefined while that says nothing. */
export function paceOfTask(
  task: Pick<Task, 'startedAt' | 'finishedAt' | 'progress'>,
  now: Date,
): Pace | undefined {
  const seconds = secondsOfTask(task, now)
  const { done, total } = task.progress
  if (seconds === null || task.finishedAt !== null || seconds < 1 || done <= 0) return undefined
  const rate = done / seconds
  return { rate, remaining: total === null ? null : Math.max(0, total - done) / rate }
}

/** An amount in the task's own unit: sizes for bytes, `12 files` for others. */
export function isBytes(unit: string | null): boolean {
  return unit === 'bytes' || unit === 'B'
}

/** The page of what a task works on. */
export function subjectHref(subject: Task['subject']): string | undefined {
  if (subject?.type === 'file') return `/files/${subject.id}`
  return subject?.type === 'image' ? `/images/${subject.id}` : undefined
}
