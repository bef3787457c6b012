import type { Client } from '@/scripts/entrepot/connection'
import { bytes } from '@/scripts/entrepot/output'
import { unwrap } from '@/server/api/client'
import type { ImageDetail } from '@/server/images/schema'
import type { FileDetail } from '@/server/mirror/schema'

/** Exit codes of commands that wait. */
export const EXIT = { stored: 0, failed: 1, timeout: 3 } as const

interface Waited {
  files: FileDetail[]
  exitCode: number
}

const POLL_MS = 500
const AT_ONCE = 8

/**
 * Waits until all files are stored or have failed for good.
 * @param timeoutMs after which those that are not done are reported as they are.
 */
export async function waitForFiles(
  client: Client,
  ids: readonly string[],
  timeoutMs: number,
): Promise<Waited> {
  const known = new Map<string, FileDetail>()
  const deadline = Date.now() + timeoutMs
  for (;;) {
    await refresh(
      client,
      ids.filter((id) => !isDone(known.get(id))),
      known,
    )
    const open = ids.filter((id) => !isDone(known.get(id)))
    await showProgress(client, { ids, open, known })
    if (open.length === 0 || Date.now() > deadline) break
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  clearLine()
  const files = ids.flatMap((id) => known.get(id) ?? [])
  return { files, exitCode: exitCodeOf(files) }
}

/** As `waitForFiles`, for one image. */
export async function waitForImage(client: Client, id: string, timeoutMs: number): Promise<ImageDetail> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const image: ImageDetail = await unwrap(client.images[':id'].$get({ param: { id } }))
    if (process.stderr.isTTY) {
      const line = await progressOf(client, image)
      clearLine()
      process.stderr.write(line.slice(0, (process.stderr.columns ?? 80) - 1))
    }
    if (isDone(image) || Date.now() > deadline) {
      clearLine()
      return image
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** What is waited for. */
type Fetched = Pick<FileDetail, 'state' | 'taskId'>

/** 0 when all are stored, 1 when one has failed, 3 when one is still on its way. */
export function exitCodeOf(files: readonly Fetched[]): number {
  if (files.some(({ state }) => state === 'failed')) return EXIT.failed
  return files.every(isDone) ? EXIT.stored : EXIT.timeout
}

function isDone(file: Fetched | undefined): boolean {
  return file !== undefined && file.state !== 'pending' && file.state !== 'fetching'
}

async function refresh(
  client: Client,
  ids: readonly string[],
  known: Map<string, FileDetail>,
): Promise<void> {
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const read = ids.slice(at, at + AT_ONCE).map((id) => unwrap(client.files[':id'].$get({ param: { id } })))
    for (const file of await Promise.all(read)) known.set(file.id, file)
  }
}

interface Progress {
  ids: readonly string[]
  open: readonly string[]
  known: Map<string, FileDetail>
}

async function showProgress(client: Client, { ids, open, known }: Progress): Promise<void> {
  if (!process.stderr.isTTY) return
  const [only] = ids
  const line =
    ids.length === 1 && only !== undefined
      ? await progressOf(client, known.get(only))
      : `${bar(ids.length - open.length, ids.length)} ${ids.length - open.length} of ${ids.length}`
  clearLine()
  process.stderr.write(line.slice(0, (process.stderr.columns ?? 80) - 1))
}

async function progressOf(client: Client, file: Fetched | undefined): Promise<string> {
  if (!file || isDone(file) || file.taskId === null) return ''
  const { progress } = await unwrap(client.tasks[':id'].$get({ param: { id: file.taskId } }))
  const done = bytes(progress.done)
  if (progress.total === null) return `${file.state}  ${done}`
  return `${bar(progress.done, progress.total)} ${done} of ${bytes(progress.total)}`
}

/** How much of it is done, drawn. */
export function bar(done: number, total: number): string {
  const width = 24
  const filled = total === 0 ? 0 : Math.min(width, Math.round((done / total) * width))
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`
}

/** Takes back the line of progress, where there is a terminal. */
export function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
}
