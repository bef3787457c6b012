'use client'

import { useQuery } from '@tanstack/react-query'
import { Ban } from 'lucide-react'
import { useRefusal } from '@/components/providers/Viewer'
import { cancelTask, taskById, taskKeys } from '@/components/tasks/queries'
import { TaskLog } from '@/components/tasks/TaskLog'
import { TaskProgress } from '@/components/tasks/TaskProgress'
import { secondsOfTask, stateOfTask, subjectHref } from '@/components/tasks/task-state'
import { useTaskEvents } from '@/components/tasks/use-task-events'
import { Button } from '@/components/ui/Button'
import { Copyable } from '@/components/ui/Copyable'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { DetailLayout } from '@/components/ui/DetailLayout'
import { formatDuration } from '@/components/ui/format'
import { Notice } from '@/components/ui/Notice'
import { PageHeader } from '@/components/ui/PageHeader'
import { Panel } from '@/components/ui/Panel'
import { StateBadge } from '@/components/ui/StateBadge'
import { Time } from '@/components/ui/Time'
import { useNow } from '@/components/ui/use-now'
import { useAction } from '@/components/use-action'
import type { TaskDetail } from '@/server/tasks/schema'

/** One task, live. */
export function TaskView({ id }: { id: string }) {
  const { data: task } = useQuery(taskById(id))
  useTaskEvents(task?.finishedAt === null ? id : undefined)
  if (!task) return null
  const href = subjectHref(task.subject)
  return (
    <>
      <PageHeader
        back={{ href: '/tasks', label: 'Tasks' }}
        title={task.title}
        state={<StateBadge state={stateOfTask(task)} />}
        actions={
          <>
            {href !== undefined && <Button href={href}>Open the file</Button>}
            {task.finishedAt === null && <CancelButton task={task} />}
          </>
        }
      />
      <DetailLayout aside={<TaskFacts task={task} />}>
        {task.error !== null && (
          <Notice tone={task.state === 'waiting' ? 'attention' : 'failed'} title={errorTitle(task)}>
            {task.error}
          </Notice>
        )}
        <Panel title="Progress">
          <TaskProgress task={task} />
        </Panel>
        <Panel title="Log" padding="flush">
          <TaskLog lines={task.log} />
        </Panel>
      </DetailLayout>
    </>
  )
}

function errorTitle(task: TaskDetail): string {
  return task.state === 'waiting' ? 'The last attempt failed; it is tried again' : 'It failed'
}

function CancelButton({ task }: { task: TaskDetail }) {
  const refusal = useRefusal('task.cancel')
  const cancel = useAction(cancelTask, {
    success: 'Asked the task to stop.',
    invalidates: [taskKeys.all],
  })
  return (
    <Button
      icon={Ban}
      pending={cancel.pending}
      disabledReason={refusal ?? (task.cancelRequested ? 'It was asked to stop already.' : undefined)}
      onClick={() => cancel.run({ id: task.id })}
    >
      Cancel the task
    </Button>
  )
}

function TaskFacts({ task }: { task: TaskDetail }) {
  const now = useNow()
  const seconds = secondsOfTask(task, now ?? new Date(task.startedAt ?? task.createdAt))
  return (
    <Panel title="Facts">
      <DefinitionList
        items={[
          { term: 'Kind', detail: task.kind },
          { term: 'Asked for by', detail: task.owner?.name ?? 'Entrepôt' },
          { term: 'Created', detail: <Time at={task.createdAt} /> },
          { term: 'Started', detail: task.startedAt && <Time at={task.startedAt} /> },
          { term: 'Ended', detail: task.finishedAt && <Time at={task.finishedAt} /> },
          { term: 'Next try', detail: task.state === 'waiting' ? <Time at={task.runAt} /> : null },
          { term: 'Took', detail: seconds === null ? null : formatDuration(seconds) },
          { term: 'Attempts', detail: task.attempts },
          { term: 'Task', detail: <Copyable value={task.id} label="task id" /> },
        ]}
      />
    </Panel>
  )
}
