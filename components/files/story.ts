import { CircleCheck, Upload } from 'lucide-react'
import type { TimelineEvent } from '@/components/ui/Timeline'
import { newestFirst, nextAttempt, storyOfUses } from '@/components/uses/story'
import type { FileDetail } from '@/server/mirror/schema'

/** What happened to a file, newest first: who declared it, who joined and left, and how its bytes came. */
export function storyOf(file: FileDetail): TimelineEvent[] {
  return newestFirst([...storyOfUses(file), ...bytesOf(file)])
}

function bytesOf(file: FileDetail): TimelineEvent[] {
  if (file.storedAt === null) return nextAttempt(file)
  const isUpload = file.origin === 'upload'
  const attempts = file.attempts > 1 ? `After ${file.attempts} attempts.` : undefined
  return [
    {
      id: 'stored',
      at: file.storedAt,
      icon: isUpload ? Upload : CircleCheck,
      tone: 'ok',
      title: isUpload ? 'Uploaded by hand and stored' : 'Fetched, verified and stored',
      detail: isUpload ? undefined : attempts,
    },
  ]
}
