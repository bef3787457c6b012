import { fetchFileTask } from '@/server/mirror/fetch-file'
import { openRuntime } from '@/server/runtime'
import { startRunner } from '@/server/tasks/runner'
import type { TaskDefinition } from '@/server/tasks/task'

/** A process that fetches files, and takes tasks of the kind `errand` and never ends one; for tests that kill it. */
const errand: TaskDefinition = {
  kind: 'errand',
  async run(_ctx, run) {
    run.progress({ done: 7, total: 10, unit: 'bytes', step: 'Half-way in the child' })
    await new Promise(() => undefined)
  },
}

const { ctx, notices } = await openRuntime()
await startRunner(ctx, { definitions: [errand, fetchFileTask], notices, concurrency: 2 })
process.stdout.write('running\n')
