import { LRUCache } from 'lru-cache'
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

/** By the SHA-256 of their .changes, which never changes; bounded by their characters. Every file that comes is looked for in them. */
const known = new LRUCache<string, readonly string[]>({
  maxSize: 16 * 1024 * 1024,
  sizeCalculation: (names) => names.reduce((sum, name) => sum + name.length, 1),
})

/** Names of the files that a stored .changes lists; none of one that cannot be read, which is told when it is checked. */
export async function listedNames(ctx: Context, sha256: string): Promise<readonly string[]> {
  const names = known.get(sha256) ?? (await readNames(ctx, sha256))
  known.set(sha256, names)
  return names
}

async function readNames(ctx: Context, sha256: string): Promise<string[]> {
  try {
    const text = await readTextFile(ctx, { sha256, name: 'The .changes' })
    // Texts of their own: parts of the .changes would keep the whole of it in memory.
    return parseChanges(takeOffSignature(text)).files.map(({ name }) => Buffer.from(name).toString())
  } catch (error) {
    if (error instanceof FormatError) return []
    throw error
  }
}
