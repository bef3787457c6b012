'use client'

import { changedOf } from '@/components/apt/settings/changed-of'
import { changeDraft, useDrafts } from '@/components/apt/settings/drafts'

/** The values of a form that sends only what was changed. */
interface Edited<Values> {
  now: Values
  /** The part of it that is not saved. */
  edited: Partial<Values>
  set: (change: Partial<Values>) => void
  /** @param saved those that are not kept; all without. What was typed since then stays. */
  forget: (saved?: Partial<Values>) => void
}

/**
 * Changes stay until they are saved or forgotten, also while the form is not shown.
 * @param before what holds; whatever was not touched follows it.
 */
export function useEdited<Values extends object>(
  before: Values,
  { repo, form }: { repo: string; form: string },
): Edited<Values> {
  const edited: Partial<Values> = useDrafts(repo).get(form) ?? {}
  const change = (next: (kept: Partial<Values>) => Partial<Values>) => changeDraft(repo, form, next)
  return {
    now: { ...before, ...edited },
    edited,
    set: (values) => change((kept) => changedOf<Partial<Values>>(before, { ...kept, ...values })),
    forget: (saved) => change((kept) => (saved === undefined ? {} : changedOf(saved, kept))),
  }
}
