import { ArrowRightLeft, CircleCheck, Copy, Trash2, Undo2 } from 'lucide-react'
import Link from 'next/link'
import { moveWords } from '@/components/apt/moves/move-words'
import { moveHref, uploadHref } from '@/components/apt/places'
import type { TimelineEvent } from '@/components/ui/Timeline'
import type { PackageDetail } from '@/server/apt/packages/schema'

const icons = { copy: Copy, remove: Trash2, undo: Undo2, roll_back: Undo2 }

/** Where a package has been, newest first, down to the upload that brought it. */
export function storyOfPackage(repo: string, found: PackageDetail): TimelineEvent[] {
  const moves = found.moves.map(
    (move): TimelineEvent => ({
      id: move.id,
      at: move.at,
      icon: icons[move.kind as keyof typeof icons] ?? ArrowRightLeft,
      tone: 'accent',
      title: (
        <Link href={moveHref(repo, move.id)} className="rounded-sm hover:text-accent hover:underline">
          {moveWords(move)}
        </Link>
      ),
      detail: [move.actorName, move.reason].filter(Boolean).join(': '),
    }),
  )
  const came: TimelineEvent = {
    id: 'came',
    at: found.addedAt,
    icon: CircleCheck,
    tone: 'ok',
    title:
      found.uploadId === null ? (
        'Came into the repository'
      ) : (
        <Link
          href={uploadHref(repo, found.uploadId)}
          className="rounded-sm hover:text-accent hover:underline"
        >
          Uploaded
        </Link>
      ),
  }
  return [...moves, came].sort((a, b) => b.at.localeCompare(a.at))
}
