import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Installation, startInstallation } from '@/bench/entrepot'
import { bounded, type Line, mebibytes } from '@/bench/report'
import { fetchQueue } from '@/server/mirror/fetch-queue'
import { enqueueTasks } from '@/server/tasks/enqueue'

const GIGABYTE = 1024 ** 3
const WARM_UP = 64 * 1024 * 1024

/** What the worker's resident memory grows by while it fetches a gigabyte. */
export async function benchFetching(directory: string): Promise<Line[]> {
  const upstream = await startUpstream()
  const installation = await startInstallation(join(directory, 'fetching'))
  try {
    await fetchAll(installation, `http://127.0.0.1:${upstream.port}/${WARM_UP}`)
    const before = installation.memory()
    let peak = before
    const watch = setInterval(() => {
      peak = Math.max(peak, installation.memory())
    }, 100)
    await fetchAll(installation, `http://127.0.0.1:${upstream.port}/${GIGABYTE}`)
    clearInterval(watch)
    return [
      bounded('memory growth of a 1 GB fetch', { ours: peak - before, most: 64 * 2 ** 20, unit: mebibytes }),
    ]
  } finally {
    await installation.stop()
    upstream.stop()
  }
}

async function fetchAll({ ctx }: Installation, uri: string): Promise<void> {
  const { host } = new URL(uri)
  const file = await ctx.db.$transaction(async (tx) => {
    const row = await tx.file.create({ data: { uri, declaredUri: uri, host } })
    const queue = fetchQueue(ctx.env, host, row.id)
    const subject = { type: 'file', id: row.id }
    await enqueueTasks(tx, [{ kind: 'fetch_file', title: `Fetch ${uri}`, ownerId: null, subject, queue }])
    return row
  })
  for (;;) {
    const { state, error } = await ctx.db.file.findUniqueOrThrow({ where: { id: file.id } })
    if (state === 'stored') return
    if (state === 'failed') throw new Error(error ?? 'The fetch failed.')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Answers `/<bytes>` with that many bytes, made as they are sent. */
function startUpstream(): Promise<{ port: number; stop(): void }> {
  const block = Buffer.alloc(1024 * 1024, 'z')
  const server = createServer((request, response) => {
    let left = Number(request.url?.slice(1))
    response.writeHead(200, { 'content-length': left, 'content-type': 'application/octet-stream' })
    const pump = () => {
      while (left > 0) {
        const chunk = block.subarray(0, Math.min(left, block.length))
        left -= chunk.length
        if (!response.write(chunk)) return void response.once('drain', pump)
      }
      response.end()
    }
    pump()
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({ port: (server.address() as AddressInfo).port, stop: () => server.close() })
    })
  })
}
