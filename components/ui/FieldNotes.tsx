import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

interface FieldNotesProps {
  /** Of the field. */
  id: string
  /** What is wrong with it. */
  fault: string | undefined
  /** What to write. */
  help: ReactNode
}

/** What a control inside is described by. */
export function describedBy({ id, fault, help }: FieldNotesProps): string | undefined {
  return [fault && `${id}-fault`, help && `${id}-help`].filter(Boolean).join(' ') || undefined
}

/** What stands below a control: the fault, and what to write. */
export function FieldNotes({ id, fault, help }: FieldNotesProps) {
  return (
    <>
      {fault !== undefined && (
        <p id={`${id}-fault`} className="flex items-start gap-1 text-failed text-xs">
          <CircleAlert aria-hidden size={13} className="mt-px shrink-0" />
          {fault}
        </p>
      )}
      {help !== undefined && (
        <div id={`${id}-help`} className="text-ink-muted text-xs">
          {help}
        </div>
      )}
    </>
  )
}
