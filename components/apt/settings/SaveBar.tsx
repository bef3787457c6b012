import { Button } from '@/components/ui/Button'

interface SaveBarProps {
  /** “Save 3 changes”. */
  verb: string
  isChanged: boolean
  pending: boolean
  onForget: () => void
}

/** The end of a form that sends only what was changed. */
export function SaveBar({ verb, isChanged, pending, onForget }: SaveBarProps) {
  return (
    <div className="flex flex-wrap justify-end gap-2">
      {isChanged && <Button onClick={onForget}>Forget the changes</Button>}
      <Button
        type="submit"
        variant="primary"
        pending={pending}
        disabledReason={isChanged ? undefined : 'Nothing is changed.'}
      >
        {verb}
      </Button>
    </div>
  )
}
