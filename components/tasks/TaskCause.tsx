import Link from 'next/link'
import { Time } from '@/components/ui/Time'
import type { Task } from '@/server/tasks/schema'

/** What a task's badge opens: the last error as it was said, attempts, the next try. */
export function TaskCause({ task }: { task: Task }) {
  return (
    <div className="flex flex-col gap-2">
      {task.error !== null && <p className="break-words">{task.error}</p>}
      <p className="text-ink-muted text-xs">
        {task.attempts === 1 ? '1 attempt' : `${task.attempts} attempts`}
        {task.state === 'waiting' && (
          <>
            {' · next try '}
            <Time at={task.runAt} />
          </>
        )}
      </p>
      <Link href={`/tasks/${task.id}`} className="w-fit rounded-sm text-accent text-xs hover:underline">
        Open the log
      </Link>
    </div>
  )
}
