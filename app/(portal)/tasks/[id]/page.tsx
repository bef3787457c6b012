import type { Metadata } from 'next'
import { orNotFound, pathParams, portalSession } from '@/app/portal-session'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { taskKeys } from '@/components/tasks/queries'
import { TaskView } from '@/components/tasks/TaskView'
import { idParam } from '@/server/http/schema'
import { getTask } from '@/server/tasks/list-tasks'

export const metadata: Metadata = { title: 'Task' }

interface TaskPageProps {
  params: Promise<{ id: string }>
}

export default async function TaskPage({ params }: TaskPageProps) {
  const { ctx, actor } = await portalSession()
  const { id } = pathParams(idParam, await params)
  const client = newQueryClient()
  client.setQueryData(taskKeys.detail(id), await orNotFound(getTask(ctx, actor, { id })))
  return (
    <Hydrated client={client}>
      <TaskView id={id} />
    </Hydrated>
  )
}
