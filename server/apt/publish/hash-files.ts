import { createHash, type Hash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { runCache } from '@/server/apt/publish/run-cache'
import { type Encoding, type RunFacts, sizeOf } from '@/server/apt/publish/runs'
import type { Context } from '@/server/context'
import type { Db } from '@/server/db'

/** How far a hash had come after some of the runs of a file. */
interface Milestone {
  /** How many runs are behind it. */
  runs: number
  state: Hash
}

interface Course {
  runIds: readonly bigint[]
  milestones: readonly Milestone[]
}

/** A state of a hash weighs a few hundred bytes. */
const EVERY = 8
const COURSES = 300
/** Bytes hashed before other work has its turn: what is in memory is hashed without ever waiting. */
const AT_A_TIME = 4 * 2 ** 20

const courses = new WeakMap<Db, LRUCache<string, Course>>()

/**
 * The SHA-256 of a file that is made of runs. What was hashed when this file was made before is not hashed again: the work
 * begins with the first run that is another one.
 * @param file names what it begins with, so that the last state of that is found again.
 * @param keep whether runs that have to be read are remembered.
 * @returns lower-case hex, and the size in bytes.
 */
export async function hashFile(
  ctx: Context,
  file: string,
  runs: readonly RunFacts[],
  encoding: Encoding,
  { keep = true } = {},
): Promise<{ sha256: string; size: number }> {
  const known = courses.get(ctx.db) ?? new LRUCache<string, Course>({ max: COURSES })
  courses.set(ctx.db, known)
  const key = `${file} ${encoding}`
  const before = known.get(key)
  const shared = before === undefined ? 0 : sharedRuns(before.runIds, runs)
  const milestones = (before?.milestones ?? []).filter((one) => one.runs <= shared)
  const last = milestones.at(-1)
  const hash = last?.state.copy() ?? createHash('sha256')
  let done = last?.runs ?? 0
  let unbroken = 0
  for await (const content of runCache(ctx).read(runs.slice(done), encoding, { keep })) {
    hash.update(content)
    done += 1
    if (done % EVERY === 0) milestones.push({ runs: done, state: hash.copy() })
    unbroken += content.length
    if (unbroken < AT_A_TIME) continue
    await setImmediate()
    unbroken = 0
  }
  known.set(key, { runIds: runs.map(({ id }) => id), milestones })
  return { sha256: hash.digest('hex'), size: sizeOf(runs, encoding) }
}

function sharedRuns(before: readonly bigint[], runs: readonly RunFacts[]): number {
  let shared = 0
  while (shared < runs.length && before[shared] === runs[shared]?.id) shared += 1
  return shared
}
