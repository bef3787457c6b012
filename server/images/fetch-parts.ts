import type { Context } from '@/server/context'
import { AppError, toAppError } from '@/server/errors'
import { PARALLEL } from '@/server/images/discover'
import { fetchBlob } from '@/server/images/fetch-blob'
import { inParallel } from '@/server/images/in-parallel'
import { progressOf } from '@/server/images/keep-tree'
import type { RegistryClient } from '@/server/images/registry-client'
import { findStored, recordPart } from '@/server/images/stored-parts'
import { type ImageTree, isManifestKind, type Part } from '@/server/images/tree'
import { withSlot } from '@/server/images/upstream-slots'
import { formatBytes } from '@/server/mirror/quantities'
import { mayPass } from '@/server/mirror/upstream-fault'
import { isForeignLayer } from '@/server/oci/media-types'
import type { TaskRun } from '@/server/tasks/task'

interface Fetching {
  imageId: string
  registry: string
  client: RegistryClient
  tree: ImageTree
  run: TaskRun
}

/**
 * Brings the configs and layers of an image into the store, several at once; what is there already, by whichever image,
 * is not fetched again. Each is noted in the ledger as soon as it is stored, so that a later run goes on from there.
 * @throws AppError when one cannot be had; those under way are finished first.
 */
export async function fetchParts(
  ctx: Context,
  { imageId, registry, client, tree, run }: Fetching,
): Promise<void> {
  const blobs = [...tree.parts.values()].filter(({ wanted, kind }) => wanted && !isManifestKind(kind))
  const meter = new Meter(tree, run)
  await findStored(ctx, blobs)
  for (const part of blobs) {
    if (part.sha256 !== undefined) await recordPart(ctx, imageId, part, progressOf(tree).partsDone)
  }
  meter.show()
  const missing = blobs.filter(({ sha256 }) => sha256 === undefined)
  await inParallel(missing, PARALLEL, async (part) => {
    // Another image may have brought it meanwhile.
    await findStored(ctx, [part])
    if (part.sha256 === undefined) {
      try {
        const fetching = {
          client,
          signal: run.signal,
          onProgress: (bytes: number) => meter.came(part, bytes),
          log: run.log,
        }
        await withSlot(ctx, registry, () => fetchBlob(ctx, part, fetching))
      } catch (error) {
        await leaveOut(run, part, error)
        return
      } finally {
        meter.ended(part)
      }
    }
    await recordPart(ctx, imageId, part, progressOf(tree).partsDone)
    meter.show()
  })
}

/** A foreign layer, and what is said about an image, may be missing where nothing will bring it. @throws the error otherwise. */
async function leaveOut(run: TaskRun, part: Part, error: unknown): Promise<void> {
  const fault = toAppError(error)
  const maySpare = part.optional || isForeignLayer(part.mediaType)
  if (run.signal.aborted || !(error instanceof AppError) || mayPass(fault) || !maySpare) throw error
  // A referrer that lacks a part is not shown at all; an image without its foreign layers is what every client expects.
  if (!part.optional) part.wanted = false
  await run.log(`Left out ${part.digest}: ${fault.message}`, 'warn')
}

/** Shows how far a fetch is: in bytes, and in parts. */
class Meter {
  readonly #coming = new Map<Part, number>()
  #done = 0

  constructor(
    private readonly tree: ImageTree,
    private readonly run: TaskRun,
  ) {}

  came(part: Part, bytes: number): void {
    this.#coming.set(part, bytes)
    const coming = [...this.#coming.values()].reduce((sum, count) => sum + count, 0)
    this.run.progress({ done: this.#done + coming })
  }

  ended(part: Part): void {
    this.#coming.delete(part)
  }

  /** After a part has come: counts all of them anew. */
  show(): void {
    const wanted = [...this.tree.parts.values()].filter((part) => part.wanted)
    const total = sizeOf(wanted)
    this.#done = sizeOf(wanted.filter(({ sha256 }) => sha256 !== undefined))
    const { partsDone, partsTotal } = progressOf(this.tree)
    const step = `${partsDone} of ${partsTotal} parts, ${formatBytes(total)}`
    this.run.progress({ step, done: this.#done, total, unit: 'bytes' })
  }
}

function sizeOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { size }) => sum + (size ?? 0), 0)
}
