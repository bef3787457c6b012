import type { Received } from '@/server/blobs/store'
import type { Tx } from '@/server/db'
import { AppError } from '@/server/errors'
import { mismatchOf } from '@/server/mirror/expectation'

type Digested = Pick<Received, 'digests'>

/** Why these bytes are not the ones that are expected, as an error to throw; undefined when they are. */
export function contradictionOf({ digests }: Digested, expectation: string): AppError | undefined {
  const mismatch = mismatchOf(expectation, digests)
  if (!mismatch) return undefined
  const { algorithm, expected, actual } = mismatch
  const declared = `${expected.join(' or ')} was declared`
  const message =
    actual === undefined
      ? `Meanwhile the ${algorithm} ${declared}, which was not computed. Try again.`
      : `The bytes have the ${algorithm} ${actual}, but ${declared}.`
  return new AppError('digest_mismatch', message, { detail: { expected, actual } })
}

/**
 * Holds the row of a file whose bytes have arrived, and compares them with what is expected by now: while bytes are on
 * their way, somebody may declare the file with a hash.
 * @throws AppError `digest_mismatch`.
 */
export async function refuseUnexpected(tx: Tx, fileId: string, received: Digested): Promise<void> {
  const [file] = await tx.$queryRaw<{ expected: string | null }[]>`
    SELECT expected_integrity AS expected FROM files WHERE id = ${fileId}::uuid AND state <> 'stored' FOR NO KEY UPDATE`
  const contradiction = file?.expected ? contradictionOf(received, file.expected) : undefined
  if (contradiction) throw contradiction
}
