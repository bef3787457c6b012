import type { ReactNode } from 'react'
import { Field } from '@/components/ui/Field'
import { Input } from '@/components/ui/Input'

interface NumberFieldProps {
  label: string
  name: string
  help: ReactNode
  min: number
  max?: number
  /** As it is typed; empty for none. */
  value: string
  onChange: (value: string) => void
}

/** Asks for a number that may be left out. */
export function NumberField({ label, name, help, min, max, value, onChange }: NumberFieldProps) {
  return (
    <Field label={label} name={name} help={help}>
      <Input
        type="number"
        min={min}
        max={max}
        inputMode="numeric"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  )
}
