import type { z } from 'zod'
import { taskQuery } from '@/server/tasks/schema'

/** What the tasks page keeps in its URL. For the page itself; the browser needs the type alone. */
export const taskFilter = taskQuery.pick({ q: true, state: true, kind: true, cursor: true })
export type TaskFilter = z.infer<typeof taskFilter>
