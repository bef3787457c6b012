'use client'

import { useId } from 'react'
import { roles } from '@/components/users/roles'
import type { Role } from '@/server/auth/schema'

interface RoleChoiceProps {
  value: Role
  onChange: (role: Role) => void
}

/** A role, with what each may. */
export function RoleChoice({ value, onChange }: RoleChoiceProps) {
  const id = useId()
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1 font-strong text-sm">Role</legend>
      {(Object.keys(roles) as Role[]).map((role) => (
        <label
          key={role}
          className="flex cursor-pointer items-start gap-2.5 rounded-md border border-line px-3 py-2 text-sm hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft"
        >
          <input
            type="radio"
            name={id}
            value={role}
            checked={value === role}
            onChange={() => onChange(role)}
            aria-labelledby={`${id}-${role}`}
            aria-describedby={`${id}-${role}-may`}
            className="mt-1 size-3.5 shrink-0 accent-accent"
          />
          <span className="min-w-0">
            <span id={`${id}-${role}`} className="block font-strong">
              {roles[role].title}
            </span>
            <span id={`${id}-${role}-may`} className="block text-ink-muted text-xs">
              {roles[role].may}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
