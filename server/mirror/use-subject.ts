import type { Prisma } from '@/server/db'
import type { Notice } from '@/server/events'
import { type ImageName, referenceOf } from '@/server/mirror/image-reference'

/** What a use is of. */
export interface UseSubject {
  type: 'file' | 'image'
  id: string
  /** A file goes by its URI, an image by its reference. */
  name: string
}

export const withSubject = {
  file: { select: { id: true, uri: true } },
  image: { select: { id: true, registry: true, repository: true, digest: true } },
} satisfies Prisma.UseInclude

interface UseRow {
  file: { id: string; uri: string } | null
  image: ({ id: string } & ImageName) | null
}

/** Every use has exactly one subject: the table says so. */
export function subjectOf({ file, image }: UseRow): UseSubject {
  if (file !== null) return { type: 'file', id: file.id, name: file.uri }
  if (image !== null) return { type: 'image', id: image.id, name: referenceOf(image) }
  throw new Error('a use is of nothing')
}

/** That something is different about the subject. */
export function noticeOf({ type, id }: UseSubject): Notice {
  return { topic: type, id }
}
