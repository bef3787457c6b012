import type { Readable } from 'node:stream'
import { AppError } from '@/server/errors'
import type { ByteRange, ByteSink } from '@/server/storage/driver'

/** The error of a range that is not wholly inside an object. @param size in bytes, where it is known. */
export function outside({ start, end }: ByteRange, size?: number): AppError {
  const of = size === undefined ? 'the object' : `${size} bytes`
  return new AppError('range_not_satisfiable', `Bytes ${start}-${end} are outside ${of}.`)
}

/** Hands a stream to a sink, chunk by chunk; what the sink throws destroys the stream and is passed on. */
export async function feedFrom(stream: Readable, sink: ByteSink): Promise<void> {
  for await (const chunk of stream) await sink(chunk as Buffer)
}
