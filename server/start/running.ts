import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeDurably } from '@/server/start/durable-file'
import { holderOf } from '@/server/start/hold.mjs'

/** What somebody on the same machine may need of the Entrepôt that runs on a data directory. */
const running = z.object({
  pid: z.number(),
  startedAt: z.string(),
  dataDirectory: z.string(),
  databaseUrl: z.string(),
  portal: z.string(),
  host: z.string(),
  ports: z.record(z.string(), z.number()),
})
export type Running = z.infer<typeof running>

const pathIn = (dataDirectory: string) => join(dataDirectory, 'running.json')

/** Leaves the note (0600: it has the database's password); it is gone after an orderly stop. */
export async function noteRunning(dataDirectory: string, note: Running): Promise<() => Promise<void>> {
  await writeDurably(pathIn(dataDirectory), JSON.stringify(note), 0o600)
  return () => rm(pathIn(dataDirectory), { force: true })
}

/** The note; undefined when nothing runs (a note left by kill -9 does not count), or when this user may not know. */
export async function readRunning(dataDirectory: string): Promise<Running | undefined> {
  if (!(await holderOf(dataDirectory))) return undefined
  const text = await readFile(pathIn(dataDirectory), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const parsed = running.safeParse(JSON.parse(text))
  return parsed.success ? parsed.data : undefined
}
