'use client'

import { useQuery } from '@tanstack/react-query'
import { ListChecks } from 'lucide-react'
import type { TaskFilter } from '@/components/tasks/filter'
import { taskList } from '@/components/tasks/queries'
import { TaskCause } from '@/components/tasks/TaskCause'
import { TaskProgress } from '@/components/tasks/TaskProgress'
import { stateOfTask } from '@/components/tasks/task-state'
import { columnsOf } from '@/components/ui/columns'
import { DataTable } from '@/components/ui/DataTable'
import { EmptyState } from '@/components/ui/EmptyState'
import { FilterBar, filterOf } from '@/components/ui/FilterBar'
import { MiddleTruncate } from '@/components/ui/MiddleTruncate'
import { Pagination } from '@/components/ui/Pagination'
import { RowLink } from '@/components/ui/RowLink'
import { StateBadge } from '@/components/ui/StateBadge'
import { stateOptions } from '@/components/ui/states'
import { timeColumn } from '@/components/ui/time-column'
import { useUrlState } from '@/components/url-state'
import type { Task, TaskState } from '@/server/tasks/schema'

const columns = columnsOf<Task>([
  {
    id: 'title',
    header: 'Task',
    card: 'head',
    skeleton: 40,
    csv: (task) => task.title,
    cell: (task) => (
      <RowLink href={`/tasks/${task.id}`}>
        <MiddleTruncate text={task.title} mono={false} tail={24} />
      </RowLink>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: '8.5rem',
    skeleton: 9,
    csv: (task) => task.state,
    cell: (task) => (
      <StateBadge
        state={stateOfTask(task)}
        cause={
          (task.error !== null || task.attempts > 1) && task.state !== 'succeeded' ? (
            <TaskCause task={task} />
          ) : undefined
        }
      />
    ),
  },
  {
    id: 'progress',
    header: 'Progress',
    width: '13rem',
    card: 'line',
    skeleton: 20,
    cell: (task) => (task.state === 'waiting' ? null : <TaskProgress task={task} size="thin" />),
  },
  {
    id: 'owner',
    header: 'Who',
    width: '10rem',
    from: 'lg',
    skeleton: 12,
    csv: (task) => task.owner?.name ?? 'Entrepôt',
    cell: (task) => <span className="block truncate">{task.owner?.name ?? 'Entrepôt'}</span>,
  },
  timeColumn((task) => task.createdAt, { id: 'created', card: 'end' }),
])

const states = stateOptions<TaskState>(['waiting', 'running', 'succeeded', 'failed', 'cancelled'])

/** The list of tasks with its filters. */
export function TaskTable() {
  const [filter, setFilter] = useUrlState<TaskFilter>()
  const tasks = useQuery({ ...taskList(filter), placeholderData: (before) => before })
  const isFiltered = Boolean(filter.q || filter.state || filter.kind)
  const clear = () => setFilter({ q: undefined, state: undefined, kind: undefined })
  return (
    <>
      <FilterBar
        searchLabel="Search tasks"
        search={filter.q}
        onSearch={(q) => setFilter({ q }, 'replace')}
        filters={[
          filterOf<TaskState>({
            any: 'Any state',
            label: 'State',
            value: filter.state,
            options: states,
            onChange: (state) => setFilter({ state }),
          }),
        ]}
        onClear={clear}
      />
      <DataTable
        label="Tasks"
        query={tasks}
        columns={columns}
        csv="tasks"
        empty={
          isFiltered ? (
            <EmptyState icon={ListChecks} sentence="No task matches these filters." />
          ) : (
            <EmptyState
              icon={ListChecks}
              sentence="Downloads and other long work appear here while they run, and stay with their log."
            />
          )
        }
        pagination={
          <Pagination
            cursor={filter.cursor}
            nextCursor={tasks.data?.nextCursor}
            onCursor={(cursor) => setFilter({ cursor })}
          />
        }
      />
    </>
  )
}
