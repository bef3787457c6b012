'use client'

import { useDeferredValue, useState } from 'react'
import { Input } from '@/components/ui/Input'
import { ScrollRegion } from '@/components/ui/ScrollRegion'

const SHOWN = 500

/** The files that a package installs, narrowed by typing. */
export function Paths({ paths }: { paths: readonly string[] }) {
  const [typed, type] = useState('')
  const wanted = useDeferredValue(typed.trim().toLowerCase())
  const found = wanted === '' ? paths : paths.filter((path) => path.toLowerCase().includes(wanted))
  if (paths.length === 0) return <p className="text-ink-muted text-sm">It installs no file.</p>
  return (
    <div className="flex flex-col gap-2">
      <Input
        type="search"
        aria-label="Search in the paths"
        placeholder="Search in the paths"
        value={typed}
        onChange={(event) => type(event.target.value)}
      />
      <ScrollRegion label="Paths" axis="y">
        <ul className="break-all font-mono text-xs leading-5">
          {found.slice(0, SHOWN).map((path) => (
            <li key={path}>{path}</li>
          ))}
        </ul>
      </ScrollRegion>
      <p aria-live="polite" className="text-ink-muted text-xs">
        {found.length > SHOWN ? `The first ${SHOWN} of ${found.length}` : `${found.length} shown`}
      </p>
    </div>
  )
}
