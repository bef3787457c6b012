'use client'

import { type QueryKey, useQuery, useQueryClient } from '@tanstack/react-query'
import { Ban } from 'lucide-react'
import Link from 'next/link'
import { useEffect } from 'react'
import { useRefusal } from '@/components/providers/Viewer'
import { cancelTask, taskById, taskKeys } from '@/components/tasks/queries'
import { TaskProgress } from '@/components/tasks/TaskProgress'
import { stateOfTask } from '@/components/tasks/task-state'
import { useTaskEvents } from '@/components/tasks/use-task-events'
import { Button } from '@/components/ui/Button'
import { Panel } from '@/components/ui/Panel'
import { ProgressBar } from '@/components/ui/ProgressBar'
import { StateBadge } from '@/components/ui/StateBadge'
import { Time } from '@/components/ui/Time'
import { useAction } from '@/components/use-action'
import type { TaskDetail } from '@/server/tasks/schema'

interface FetchProgressProps {
  /** Null until there is one. */
  taskId: string | null
  /** What changes with the task, and is read again then. */
  concerns: QueryKey
}

/** How far a fetch is, live. */
export function FetchProgress({ taskId, concerns }: FetchProgressProps) {
  const { data: task } = useQuery({ ...taskById(taskId ?? ''), enabled: taskId !== null })
  const isOver = task !== undefined && task.finishedAt !== null
  useTaskEvents(taskId !== null && !isOver ? taskId : undefined)
  useReadAfter(concerns, task)
  return (
    <Panel title="Fetching" actions={task && !isOver && <CancelFetch task={task} />}>
      {task ? (
        <div className="flex flex-col gap-2">
          {task.state !== 'running' && <WaitingLine task={task} />}
          <TaskProgress task={task} />
          <Link href={`/tasks/${task.id}`} className="w-fit rounded-sm text-accent text-xs hover:underline">
            Open the log
          </Link>
        </div>
      ) : (
        <div className="flex flex-col gap-1">
          <ProgressBar label="Progress of the fetch" done={0} total={null} />
          <p className="text-ink-muted text-xs">It starts in a moment.</p>
        </div>
      )}
    </Panel>
  )
}

/** It changes with its task: what the task tells is the moment to read it again. */
function useReadAfter(concerns: QueryKey, task: TaskDetail | undefined): void {
  const client = useQueryClient()
  const moment = task && `${task.state} ${task.attempts}`
  const key = JSON.stringify(concerns)
  // The system outside is the event stream of the task.
  useEffect(() => {
    if (moment !== undefined) void client.invalidateQueries({ queryKey: JSON.parse(key) })
  }, [client, key, moment])
}

function WaitingLine({ task }: { task: TaskDetail }) {
  return (
    <p className="flex flex-wrap items-center gap-2 text-sm">
      <StateBadge state={stateOfTask(task)} />
      {task.state === 'waiting' && task.attempts > 0 && (
        <span className="text-ink-muted">
          The last attempt failed; the next one is <Time at={task.runAt} />.
        </span>
      )}
      {task.state === 'waiting' && task.attempts === 0 && (
        <span className="text-ink-muted">It waits for its turn.</span>
      )}
    </p>
  )
}

function CancelFetch({ task }: { task: TaskDetail }) {
  const refusal = useRefusal('task.cancel')
  const cancel = useAction(cancelTask, { success: 'Asked the fetch to stop.', invalidates: [taskKeys.all] })
  return (
    <Button
      size="small"
      icon={Ban}
      pending={cancel.pending}
      disabledReason={refusal ?? (task.cancelRequested ? 'It was asked to stop already.' : undefined)}
      onClick={() => cancel.run({ id: task.id })}
    >
      Cancel the fetch
    </Button>
  )
}
