import type { Tx } from '@/server/db'
import { enqueueTasks } from '@/server/tasks/enqueue'

export const READ_PATHS = 'apt_contents'

/**
 * Has a task read the paths of those packages of a repository that lack them, unless one waits to do so already. Joins the
 * caller's transaction, which holds the repository's row.
 */
export async function queuePaths(
  tx: Tx,
  { id, name }: { id: string; name: string },
  ownerId: string | null = null,
): Promise<void> {
  const [found] = await tx.$queryRaw<{ isNeeded: boolean }[]>`
    SELECT EXISTS (SELECT FROM apt_packages WHERE repository_id = ${id}::uuid AND contents IS NULL AND type <> 'source')
      AND NOT EXISTS (SELECT FROM tasks WHERE kind = ${READ_PATHS} AND subject_id = ${id}::uuid AND state = 'waiting')
      AS "isNeeded"`
  if (!found?.isNeeded) return
  const title = `Read the paths in the packages of ${name}`
  const subject = { type: 'apt_repository', id }
  await enqueueTasks(tx, [{ kind: READ_PATHS, title, ownerId, subject, queue: `apt-contents:${id}` }])
}
