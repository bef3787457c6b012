import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { Hydrated } from '@/components/providers/Hydrated'
import { newQueryClient } from '@/components/providers/query-client'
import { readSearch } from '@/components/search-params'
import { taskFilter } from '@/components/tasks/filter'
import { taskList } from '@/components/tasks/queries'
import { TaskTable } from '@/components/tasks/TaskTable'
import { PageHeader } from '@/components/ui/PageHeader'
import { listTasks } from '@/server/tasks/list-tasks'
import { taskQuery } from '@/server/tasks/schema'

export const metadata: Metadata = { title: 'Tasks' }

interface TasksPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function TasksPage({ searchParams }: TasksPageProps) {
  const { ctx, actor } = await portalSession()
  const filter = readSearch(taskFilter, await searchParams)
  const client = newQueryClient()
  await client.prefetchQuery({
    ...taskList(filter),
    queryFn: () => listTasks(ctx, actor, taskQuery.parse(filter)),
  })
  return (
    <Hydrated client={client}>
      <PageHeader title="Tasks" description="Long work: what runs, what waits, and how it ended." />
      <TaskTable />
    </Hydrated>
  )
}
