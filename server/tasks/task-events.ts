import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import type { Notices } from '@/server/events'
import { getTask } from '@/server/tasks/list-tasks'

const KEEP_ALIVE_MS = 15_000

interface Follow {
  ctx: Context
  actor: Actor
  notices: Notices
}

/**
 * A task as server-sent events: its state now, then again after each change, and the end of the stream when the task ends.
 * @throws AppError `not_found` before the stream starts.
 */
export async function taskEvents(
  { ctx, actor, notices }: Follow,
  { id }: { id: string },
  signal: AbortSignal,
): Promise<Response> {
  authorise(actor, 'task.read')
  await getTask(ctx, actor, { id })
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const writer = writable.getWriter()
  const encoder = new TextEncoder()
  let dirty = true
  let wake: () => void = () => undefined
  const off = notices.on('task', (changed) => {
    if (changed !== undefined && changed !== id) return
    dirty = true
    wake()
  })
  signal.addEventListener('abort', () => wake())
  const keepAlive = setInterval(() => wake(), KEEP_ALIVE_MS)
  const follow = async () => {
    for (;;) {
      if (signal.aborted) return
      if (dirty) {
        dirty = false
        const task = await getTask(ctx, actor, { id })
        await writer.write(encoder.encode(`event: task\ndata: ${JSON.stringify(task)}\n\n`))
        if (task.finishedAt) return
      } else await writer.write(encoder.encode(': still here\n\n'))
      if (!dirty)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  }
  follow()
    .catch((error) => ctx.log.debug({ err: error }, 'the reader of a task left'))
    .finally(() => {
      off()
      clearInterval(keepAlive)
      writer.close().catch(() => undefined)
    })
  return new Response(readable, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  })
}
