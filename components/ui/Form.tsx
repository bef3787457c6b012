'use client'

import {
  createContext,
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  useContext,
  useEffect,
  useRef,
} from 'react'
import { Notice } from '@/components/ui/Notice'

/** Faults by field name, as `useAction` gives them. */
export type FieldErrors = Record<string, string>

const Faults = createContext<FieldErrors>({})

/** The fault of one field of the form around it. */
export function useFieldError(name: string | undefined): string | undefined {
  const faults = useContext(Faults)
  return name === undefined ? undefined : faults[name]
}

interface FormProps {
  onSubmit: (values: FormData) => void
  /** Freezes every control while the server works. */
  pending?: boolean
  /** The server's faults by field; `Field` shows its own by `name`, and the first one takes the focus. */
  fields?: FieldErrors
  /** The server's sentence when the fault belongs to no field. */
  error?: string
  /** For a submit button outside the form, e.g. in a dialog's footer. */
  id?: string
  label?: string
  children: ReactNode
}

const noFaults: FieldErrors = {}

/** One column of fields. Ctrl-Enter submits from anywhere in it. */
export function Form({ onSubmit, pending, fields = noFaults, error, id, label, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null)
  // Focus belongs to the browser: after the server has refused, it goes to the first field at fault.
  useEffect(() => {
    const first = Object.keys(fields)[0]
    if (first !== undefined) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [fields])
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (!pending) onSubmit(new FormData(event.currentTarget))
  }
  const submitByKey = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key !== 'Enter') return
    const writes = !event.repeat || event.target instanceof HTMLTextAreaElement
    if (writes && !event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    // Held down it sends once: what has come up since then nobody has looked at.
    if (!event.repeat) form.current?.requestSubmit()
  }
  return (
    <Faults value={fields}>
      <form ref={form} id={id} aria-label={label} onSubmit={submit} onKeyDown={submitByKey} noValidate>
        <fieldset disabled={pending} className="flex min-w-0 flex-col gap-4 disabled:opacity-70">
          {error !== undefined && <Notice tone="failed">{error}</Notice>}
          {children}
        </fieldset>
      </form>
    </Faults>
  )
}
