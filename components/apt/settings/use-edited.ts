'use client'

import { useState } from 'react'

/** The values of a form that sends only what was changed. */
interface Edited<Values> {
  now: Values
  set: (change: Partial<Values>) => void
  forget: () => void
}

/** @param before what holds; whatever was not touched follows it. */
export function useEdited<Values extends object>(before: Values): Edited<Values> {
  const [edited, edit] = useState<Partial<Values>>({})
  return {
    now: { ...before, ...edited },
    set: (change) => edit({ ...edited, ...change }),
    forget: () => edit({}),
  }
}
