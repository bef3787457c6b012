'use client'

import { Button } from '@/components/ui/Button'
import type { Obstacle } from '@/components/ui/use-obstacle'

interface SendFootProps {
  /** Id of the form that it sends. */
  form: string
  verb: string
  variant: 'primary' | 'secondary' | 'danger'
  pending: boolean | undefined
  obstacle: Obstacle
  cancel: string
  onCancel: () => void
}

/** The foot of a dialog that asks: the way out, the button that sends, and why it does not once somebody has tried. */
export function SendFoot({ form, verb, variant, pending, obstacle, cancel, onCancel }: SendFootProps) {
  return (
    <>
      <p role="status" className="mr-auto self-center text-ink-muted text-sm">
        {obstacle.said}
      </p>
      <Button onClick={onCancel}>{cancel}</Button>
      <Button
        type="submit"
        form={form}
        variant={variant}
        pending={pending}
        disabledReason={obstacle.reason}
        onRefused={obstacle.say}
      >
        {verb}
      </Button>
    </>
  )
}
