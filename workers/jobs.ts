import { sweepIdempotencyKeys } from '@/server/api/sweep-idempotency-keys'
import { importTask } from '@/server/apt/import/import-task'
import { forgetGenerations } from '@/server/apt/publish/forget-generations'
import { refreshReleases } from '@/server/apt/publish/refresh-releases'
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
const definitions: readonly TaskDefinition[] = [rebuildHintsTask, fetchFileTask, fetchImageTask, importTask]

const SWEEP_MS = 3_600_000

/** Runs tasks, and cleans up after writes that were cut off and answers that nobody asks for again. */
export async function startJobs(ctx: Context, notices: Notices): Promise<Runner> {
  const concurrency = ctx.env.ENTREPOT_FETCH_CONCURRENCY
  const runner = await startRunner(ctx, { definitions, notices, concurrency })
  const sweep = setInterval(() => void sweepAll(ctx), SWEEP_MS)
  return {
    async stop() {
      clearInterval(sweep)
      await runner.stop()
    },
  }
}

async function sweepAll(ctx: Context): Promise<void> {
  try {
    await sweepLeftovers(ctx, abandonedAfterMs(ctx))
    await sweepIdempotencyKeys(ctx)
    await sweepRegistry(ctx, abandonedAfterMs(ctx))
    await sweepUploads(ctx)
    await refreshReleases(ctx)
    await forgetGenerations(ctx)
  } catch (error) {
    ctx.log.warn({ err: error }, 'a sweep failed')
  }
}
