import { type Actor, authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { transact } from '@/server/database/transact'
import { type DeclareOptions, declareWithin, prepareDeclaration } from '@/server/mirror/declare-files'
import { readFile } from '@/server/mirror/get-file'
import type { Declarations, FileDetail, FileInput } from '@/server/mirror/schema'

export interface Declared {
  outcome: Declarations['items'][number]['outcome']
  /** As it is now; after a rehearsal, as it would be. */
  file: FileDetail
}

/**
 * Declares one URL.
 * @throws AppError `invalid` with a fault per field; `conflict` when the expected hash contradicts what is known.
 */
export async function declareFile(
  ctx: Context,
  actor: Actor,
  input: FileInput,
  options: DeclareOptions = {},
): Promise<Declared> {
  authorise(actor, 'file.declare', { team: input.team })
  const prepared = await prepareDeclaration(ctx, { ...input, files: [input] }, () => '')
  return transact(ctx, options, async (tx) => {
    const { items } = await declareWithin(tx, ctx, actor, prepared)
    const { id, outcome } = items[0] as Declarations['items'][number]
    return { outcome, file: await readFile(tx, id as string) }
  })
}
