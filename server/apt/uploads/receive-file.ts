import type { Readable } from 'node:stream'
import { isFileName } from '@/server/apt/format/names'
import { boundOfFile } from '@/server/apt/uploads/file-kind'
import { findUploadBranch } from '@/server/apt/uploads/find-upload-branch'
import { judgeUpload } from '@/server/apt/uploads/judge-upload'
import { addPendingFile } from '@/server/apt/uploads/pending-files'
import { listedNames } from '@/server/apt/uploads/read-changes'
import type { Verdict } from '@/server/apt/uploads/verdict'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

interface Arriving {
  repository: string
  branch: string
  name: string
  /** Content-Length, in bytes; undefined where the client does not say. */
  announced: number | undefined
  /** Asks for the body; only then does a client that waits for “100 Continue” send it. */
  body: () => Readable
}

/**
 * Takes one file of an upload. The body streams into storage, hashed on the way by every algorithm that control files use;
 * whatever upload it completes is checked and, as a whole, accepted or rejected.
 * @returns of each upload that names the file what became of it; none while the file waits for its .changes.
 * @throws AppError `unauthenticated`, `forbidden`, `not_found`, `unprocessable` for a name that is none, `too_large`,
 *   `storage_full`.
 */
export async function receiveFile(ctx: Context, actor: Actor, arriving: Arriving): Promise<Verdict[]> {
  const { branch, name, announced } = arriving
  const { repository } = await findUploadBranch(ctx, actor, arriving)
  if (!isFileName(name)) {
    throw new AppError(
      'unprocessable',
      'A file of an upload is named with letters, digits and “+.~_:@=,-”, as dpkg names it.',
    )
  }
  if (name.endsWith('.commands')) {
    throw new AppError(
      'unprocessable',
      'Commands are not taken here. Packages are removed and moved on the page of their repository, or by the API.',
    )
  }
  const maxBytes = Math.min(boundOfFile(name) ?? Number.POSITIVE_INFINITY, ctx.env.ENTREPOT_FETCH_MAX_BYTES)
  if (announced !== undefined && announced > maxBytes) {
    throw new AppError('too_large', `${name} is larger than the ${maxBytes} bytes that it may have.`)
  }
  const received = await ctx.blobs.receive(arriving.body(), {
    ...{ maxBytes, algorithms: ['sha1', 'md5'], keepSource: true },
  })
  await received.commit()
  const { sha256, size, digests } = received
  const file = { name, sha256, size, sha1: digests.sha1 as string, md5: digests.md5 as string }
  const place = { repositoryId: repository.id, branch, actor }
  const concerned = await addPendingFile(ctx, place, file, (changes) => listedNames(ctx, changes))
  const verdicts: Verdict[] = []
  for (const id of concerned) verdicts.push(await judgeUpload(ctx, actor, id))
  return verdicts
}
