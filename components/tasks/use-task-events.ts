'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { taskKeys } from '@/components/tasks/queries'
import type { TaskDetail } from '@/server/tasks/schema'

/**
 * Follows a task over server-sent events into the cache of its query, until it ends. The browser reconnects by itself.
 * @param id undefined to follow nothing.
 */
export function useTaskEvents(id: string | undefined): void {
  const client = useQueryClient()
  // The system outside is the event stream.
  useEffect(() => {
    if (id === undefined) return
    const events = new EventSource(`/api/v1/tasks/${id}/events`)
    events.addEventListener('task', ({ data }) => {
      const task: TaskDetail = JSON.parse(data)
      client.setQueryData(taskKeys.detail(id), task)
      if (task.finishedAt === null) return
      events.close()
      void client.invalidateQueries({ queryKey: [...taskKeys.all, 'list'] })
    })
    return () => events.close()
  }, [client, id])
}
