import { Readable } from 'node:stream'
import { recordBlob } from '@/server/blobs/store'
import type { Context } from '@/server/context'
import { notify } from '@/server/events'
import { parseUri } from '@/server/mirror/uri'

interface Facts {
  contentType?: string
  contentDisposition?: string
  upstreamModifiedAt?: Date
}

/** A file that was declared and fetched: its bytes are in storage. */
export async function storeFile(ctx: Context, text: string, body: string | Buffer, facts: Facts = {}) {
  const { uri, host } = parseUri(text)
  const received = await ctx.blobs.receive(Readable.from([Buffer.from(body)]))
  await received.commit()
  return ctx.db.$transaction(async (tx) => {
    await recordBlob(tx, received)
    const { sha256, size } = received
    const stored = { state: 'stored' as const, sha256, size, storedAt: ctx.now(), ...facts }
    const file = await tx.file.upsert({
      where: { uri },
      create: { uri, declaredUri: text, host, ...stored },
      update: stored,
    })
    await notify(tx, { topic: 'file', id: file.id })
    return file
  })
}
