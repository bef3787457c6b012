import { migrate } from '@/server/database/migrate'
import { env } from '@/server/env'
import { AppError } from '@/server/errors'
import { isSupervised } from '@/server/start/parent'

/**
 * What the supervisor has done for its children, and a process started apart does itself: the migrations.
 * @param root the directory that holds `prisma/`.
 * @throws AppError `unavailable` when the operator gave no database or no secret.
 */
export async function prepareApart(root: string): Promise<void> {
  if (isSupervised()) return
  const { DATABASE_URL, ENTREPOT_SECRET } = env()
  if (DATABASE_URL && ENTREPOT_SECRET) return void (await migrate(DATABASE_URL, root))
  throw new AppError(
    'unavailable',
    'Set DATABASE_URL and ENTREPOT_SECRET, or start everything with `npm start`.',
  )
}
