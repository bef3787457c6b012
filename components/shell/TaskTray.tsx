'use client'

import { useQuery } from '@tanstack/react-query'
import { Activity } from 'lucide-react'
import Link from 'next/link'
import { taskList } from '@/components/tasks/queries'
import { TaskProgress } from '@/components/tasks/TaskProgress'
import { cx } from '@/components/ui/class-names'
import { Popover } from '@/components/ui/Popover'
import type { Task } from '@/server/tasks/schema'

const IDLE_MS = 15_000
const BUSY_MS = 3000

/** The running tasks, from any page. */
export function TaskTray() {
  const { data } = useQuery({
    ...taskList({ state: 'running' }),
    refetchInterval: ({ state }) => (state.data?.items.length ? BUSY_MS : IDLE_MS),
  })
  const tasks = data?.items ?? []
  const count = `${tasks.length}${data?.nextCursor ? '+' : ''}`
  return (
    <Popover
      label="Running tasks"
      buttonLabel={`Running tasks: ${count}`}
      align="end"
      width="wide"
      look={cx(
        'inline-flex h-8 items-center gap-1.5 rounded-md px-2 text-sm hover:bg-hover',
        tasks.length > 0 ? 'text-working' : 'text-ink-muted',
      )}
      button={
        <>
          <Activity aria-hidden size={16} className={cx(tasks.length > 0 && 'animate-breathe')} />
          {tasks.length > 0 && count}
        </>
      }
    >
      <RunningTasks tasks={tasks} />
    </Popover>
  )
}

const SHOWN = 8

function RunningTasks({ tasks }: { tasks: readonly Task[] }) {
  return (
    <>
      {tasks.length === 0 ? (
        <p className="px-4 py-6 text-center text-ink-muted">Nothing runs now.</p>
      ) : (
        <ul className="max-h-96 overflow-y-auto py-1">
          {tasks.slice(0, SHOWN).map((task) => (
            <li key={task.id}>
              <Link href={`/tasks/${task.id}`} className="flex flex-col gap-1.5 px-4 py-2.5 hover:bg-hover">
                <span className="truncate" title={task.title}>
                  {task.title}
                </span>
                <TaskProgress task={task} size="thin" />
              </Link>
            </li>
          ))}
        </ul>
      )}
      <div className="border-line border-t px-4 py-2">
        <Link href="/tasks" className="rounded-sm text-accent hover:underline">
          All tasks
        </Link>
      </div>
    </>
  )
}
