import { parseChanges } from '@/server/apt/format/changes'
import { decodeText } from '@/server/apt/format/control'
import { FormatError } from '@/server/apt/format/format-error'
import { takeOffSignature } from '@/server/apt/keys/verify-signature'
import { MAX_TEXT_BYTES } from '@/server/apt/uploads/file-kind'
import type { Context } from '@/server/context'

/**
 * A stored .changes or .dsc as text, signature and all.
 * @throws FormatError when it is larger than such a file may be, or no UTF-8.
 */
export async function readTextFile(ctx: Context, { sha256, name }: { sha256: string; name: string }) {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of (await ctx.blobs.read(sha256)) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_TEXT_BYTES) throw new FormatError(`${name} is larger than ${MAX_TEXT_BYTES} bytes.`)
    chunks.push(chunk)
  }
  return decodeText(Buffer.concat(chunks), { what: name })
}

/** Names of the files that a stored .changes lists; none of one that cannot be read, which is told when it is checked. */
export async function listedNames(ctx: Context, sha256: string): Promise<string[]> {
  try {
    const text = await readTextFile(ctx, { sha256, name: 'The .changes' })
    return parseChanges(takeOffSignature(text)).files.map(({ name }) => name)
  } catch (error) {
    if (error instanceof FormatError) return []
    throw error
  }
}
