import { sweepIdempotencyKeys } from '@/server/api/sweep-idempotency-keys'
import { importTask } from '@/server/apt/import/import-task'
import { expireRequests } from '@/server/apt/moves/expire-requests'
import { readPathsTask } from '@/server/apt/packages/read-paths'
import { forgetGenerations } from '@/server/apt/publish/forget-generations'
import { refreshReleases } from '@/server/apt/publish/refresh-releases'
import { forgetRejected } from '@/server/apt/uploads/forget-rejected'
import { sweepUploads } from '@/server/apt/uploads/sweep-uploads'
import type { Context } from '@/server/context'
import type { Notices } from '@/server/events'
import { fetchImageTask } from '@/server/images/fetch-image'
import { fetchFileTask } from '@/server/mirror/fetch-file'
import { rebuildHintsTask } from '@/server/oci/hints/rebuild-hints'
import { sweepRegistry } from '@/server/oci/sweep-registry'
import { abandonedAfterMs, sweepLeftovers } from '@/server/start/sweep'
import { type Runner, startRunner } from '@/server/tasks/runner'
import type { TaskDefinition } from '@/server/tasks/task'

/** Every kind of long work there is. */
const definitions: readonly TaskDefinition[] = [
  ...[rebuildHintsTask, fetchFileTask, fetchImageTask, importTask],
  readPathsTask,
]

const SWEEP_MS = 3_600_000

type Sweep = (ctx: Context) => Promise<unknown>

/** After writes that were cut off, and answers that nobody asks for again. */
const cleanings: readonly Sweep[] = [
  (ctx) => sweepLeftovers(ctx, abandonedAfterMs(ctx)),
  sweepIdempotencyKeys,
  (ctx) => sweepRegistry(ctx, abandonedAfterMs(ctx)),
  sweepUploads,
  forgetRejected,
  forgetGenerations,
]
/** What time alone makes due, also while nothing was running. */
const dues: readonly Sweep[] = [expireRequests, refreshReleases]

/** Runs tasks, and every hour the sweeps; what became due while nothing was running is done at once. */
export async function startJobs(ctx: Context, notices: Notices): Promise<Runner> {
  const concurrency = ctx.env.ENTREPOT_FETCH_CONCURRENCY
  const runner = await startRunner(ctx, { definitions, notices, concurrency })
  void sweepAll(ctx, dues)
  const sweep = setInterval(() => void sweepAll(ctx), SWEEP_MS)
  return {
    async stop() {
      clearInterval(sweep)
      await runner.stop()
    },
  }
}

/** Does every sweep; one that fails keeps no other from being done. */
export async function sweepAll(
  ctx: Context,
  chosen: readonly Sweep[] = [...cleanings, ...dues],
): Promise<void> {
  for (const sweep of chosen) {
    try {
      await sweep(ctx)
    } catch (error) {
      ctx.log.warn({ err: error }, 'a sweep failed')
    }
  }
}
