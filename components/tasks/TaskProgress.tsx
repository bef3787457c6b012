'use client'

import { isBytes, paceOfTask } from '@/components/tasks/task-state'
import { formatCount, formatDuration, formatSize } from '@/components/ui/format'
import { ProgressBar } from '@/components/ui/ProgressBar'
import { useNow } from '@/components/ui/use-now'
import type { Task } from '@/server/tasks/schema'

interface TaskProgressProps {
  task: Task
  /** `thin` is for rows: the bar and the amount only. */
  size?: 'thin' | 'medium'
}

const tones = {
  waiting: 'neutral',
  running: 'working',
  succeeded: 'ok',
  failed: 'failed',
  cancelled: 'neutral',
} as const

/**
 * How far a task is: bar, done and total, and, when there is room, rate, remaining time and step. In a row that is over only the
 * amount is left.
 */
export function TaskProgress({ task, size = 'medium' }: TaskProgressProps) {
  const now = useNow()
  const { done, total, step } = task.progress
  const isRunning = task.state === 'running'
  if (size === 'thin' && !isRunning) {
    return <span className="text-ink-muted tabular-nums">{amountOf(task)}</span>
  }
  const pace = now && paceOfTask(task, now)
  const facts = [
    amountOf(task),
    size === 'medium' && pace && `${formatAmount(task, pace.rate)}/s`,
    size === 'medium' && pace && pace.remaining !== null && `${formatDuration(pace.remaining)} left`,
  ].filter(Boolean)
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <ProgressBar
        label={`Progress of ${task.title}`}
        done={done}
        total={isRunning ? total : (total ?? Math.max(done, 1))}
        tone={tones[task.state]}
        size={size}
      />
      <div className="flex gap-3 whitespace-nowrap text-ink-muted text-xs tabular-nums">
        <span>{facts.join(' · ')}</span>
        {size === 'medium' && step !== null && <span className="ml-auto truncate">{step}</span>}
      </div>
    </div>
  )
}

function formatAmount({ progress: { unit } }: Task, value: number): string {
  return isBytes(unit) ? formatSize(value) : formatCount(value)
}

/** `12.3 MiB of 80.1 MiB`, `120 of 300 files`; one number when all of it is done or the end is not known. */
function amountOf(task: Task): string {
  const { done, total, unit } = task.progress
  const noun = isBytes(unit) || unit === null ? '' : ` ${unit}`
  const first = formatAmount(task, done)
  if (total === null || done === total) return `${first}${noun}`
  return `${first} of ${formatAmount(task, total)}${noun}`
}
