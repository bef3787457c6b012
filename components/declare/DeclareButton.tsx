import { Button } from '@/components/ui/Button'
import { Kbd } from '@/components/ui/Kbd'

interface DeclareButtonProps {
  /** “Declare 12 files”. */
  verb: string
  pending: boolean
  disabledReason: string | undefined
}

/** The end of the forms that declare: the button, and the keys that do the same. */
export function DeclareButton({ verb, pending, disabledReason }: DeclareButtonProps) {
  return (
    <div className="flex items-center gap-3">
      <Button type="submit" variant="primary" pending={pending} disabledReason={disabledReason}>
        {verb}
      </Button>
      <span className="flex items-center gap-1 text-ink-muted text-xs max-sm:hidden">
        <Kbd>Ctrl</Kbd> <Kbd>Enter</Kbd>
      </span>
    </div>
  )
}
