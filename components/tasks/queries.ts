import { queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import type { TaskFilter } from '@/components/tasks/filter'
import { unwrap } from '@/server/api/client'
import type { TaskDetail } from '@/server/tasks/schema'

export const taskKeys = {
  all: ['tasks'] as const,
  list: (filter: TaskFilter) => ['tasks', 'list', filter] as const,
  detail: (id: string) => ['tasks', 'detail', id] as const,
}

const LIVE_MS = 4000

/** A page of tasks, read again every few seconds while one of them is not over. */
export const taskList = (filter: TaskFilter) =>
  queryOptions({
    queryKey: taskKeys.list(filter),
    queryFn: () => unwrap(api.tasks.$get({ query: filter })),
    refetchInterval: ({ state }) => (state.data?.items.some((task) => !task.finishedAt) ? LIVE_MS : false),
  })

/** One task with its log. */
export const taskById = (id: string) =>
  queryOptions({
    queryKey: taskKeys.detail(id),
    queryFn: (): Promise<TaskDetail> => unwrap(api.tasks[':id'].$get({ param: { id } })),
  })

export const cancelTask = ({ id }: { id: string }) => unwrap(api.tasks[':id'].cancel.$post({ param: { id } }))
