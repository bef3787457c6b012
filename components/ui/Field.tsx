'use client'

import { createContext, type ReactNode, useContext, useId } from 'react'
import { describedBy, FieldNotes } from '@/components/ui/FieldNotes'
import { useFieldError } from '@/components/ui/Form'

interface FieldLink {
  id: string
  name: string | undefined
  describedBy: string | undefined
  invalid: boolean
  required: boolean
}

const Link = createContext<FieldLink | undefined>(undefined)

/** Attributes that tie a control to the Field around it. Controls outside a Field must name themselves. */
export function useFieldControl(): {
  id?: string
  name?: string
  required?: boolean
  'aria-describedby'?: string
  'aria-invalid'?: true
} {
  const link = useContext(Link)
  if (!link) return {}
  return {
    id: link.id,
    name: link.name,
    required: link.required,
    'aria-describedby': link.describedBy,
    'aria-invalid': link.invalid || undefined,
  }
}

/** The look that all text controls share. */
export const controlLook =
  'w-full min-w-0 rounded-md border border-line-strong/60 bg-surface px-2.5 text-ink text-sm shadow-low transition-colors hover:border-line-strong focus:border-accent focus:outline-2 focus:outline-accent focus:-outline-offset-1 aria-invalid:border-failed disabled:opacity-60'

interface FieldProps {
  label: string
  /** Of the control in the form data; the server's fault for this name is shown here. */
  name?: string
  /** What to write, below the control. */
  help?: ReactNode
  /** Overrides the server's fault. */
  error?: string
  required?: boolean
  /** The label is only read out. */
  hiddenLabel?: boolean
  /** One control. */
  children: ReactNode
}

/** Label above, control, help and fault below, wired to one another. */
export function Field({ label, name, help, error, required = false, hiddenLabel, children }: FieldProps) {
  const id = useId()
  const said = useFieldError(name)
  const fault = error ?? said
  const notes = { id, fault, help }
  return (
    <Link value={{ id, name, describedBy: describedBy(notes), invalid: fault !== undefined, required }}>
      <div className="flex min-w-0 flex-col gap-1">
        <label htmlFor={id} className={hiddenLabel ? 'sr-only' : 'font-strong text-sm'}>
          {label}
          {!required && !hiddenLabel && <span className="font-normal text-ink-faint"> optional</span>}
        </label>
        {children}
        <FieldNotes {...notes} />
      </div>
    </Link>
  )
}
