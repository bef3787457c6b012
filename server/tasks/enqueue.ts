import type { Tx } from '@/server/db'

export interface NewTask {
  kind: string
  /** For people: “Fetch https://…”. */
  title: string
  ownerId: string | null
  subject: { type: string; id: string }
  /** Tasks of one queue run one after the other. */
  queue?: string
  runAt?: Date
}

/**
 * Adds tasks inside the transaction of the change that needs them: both happen, or neither. The job carries only the
 * task's id; everything else is read when it runs.
 * @returns the ids in the order given.
 */
export async function enqueueTasks(tx: Tx, tasks: NewTask[]): Promise<string[]> {
  if (tasks.length === 0) return []
  const rows = tasks.map(({ kind, title, ownerId, subject, queue, runAt }) => ({
    kind,
    title,
    owner: ownerId,
    type: subject.type,
    subject: subject.id,
    queue: queue ?? null,
    run_at: runAt ?? null,
  }))
  const added = await tx.$queryRaw<{ id: string }[]>`
    WITH given AS (
      SELECT uuid7() AS id, given.*
      FROM ROWS FROM (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS (kind text, title text, owner uuid, type text, subject uuid, queue text, run_at timestamptz))
        WITH ORDINALITY AS given(kind, title, owner, type, subject, queue, run_at, place)
    ), made AS (
      INSERT INTO tasks (id, kind, title, owner_id, subject_type, subject_id, run_at)
      SELECT id, kind, title, owner, type, subject, coalesce(run_at, now()) FROM given
    ), jobs AS (
      SELECT count(*) FROM graphile_worker.add_jobs((
        SELECT array_agg(ROW(kind, json_build_object('taskId', id), queue, run_at, NULL, 'task:' || id, NULL, NULL)
          ::graphile_worker.job_spec ORDER BY place)
        FROM given))
    )
    SELECT given.id FROM given, jobs ORDER BY place`
  await tx.$executeRaw`SELECT pg_notify('entrepot', '{"topic":"task"}')`
  return added.map(({ id }) => id)
}

/**
 * Puts a task that runs back in its queue for `at`, e.g. after a failed attempt. Joins the caller's transaction.
 * The job that runs keeps its lock until it ends, and is then gone; this one takes its place.
 */
export async function requeueTask(tx: Tx, { id, kind, at }: { id: string; kind: string; at: Date }) {
  const key = `task:${id}`
  await tx.$executeRaw`
    SELECT graphile_worker.add_job(${kind}, json_build_object('taskId', ${id}::text),
      (SELECT queues.queue_name FROM graphile_worker._private_jobs AS jobs
        JOIN graphile_worker._private_job_queues AS queues ON queues.id = jobs.job_queue_id WHERE jobs.key = ${key}),
      ${at}::timestamptz, job_key => ${key})`
}
