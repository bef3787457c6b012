'use client'

import { useSyncExternalStore } from 'react'

/** What was changed and not saved, by the form it stands in: the name of a branch, or `repositoryForm`. */
type Drafts = ReadonlyMap<string, object>

/** The form of the repository itself. No branch is called so. */
export const repositoryForm = '/'

const none: Drafts = new Map()
const drafts = new Map<string, Drafts>()
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/**
 * What is not saved of a repository. It outlives the forms, which go when another tab is chosen, and ends with the page. It is no
 * query: those tell of a change a moment later, and what is typed must stand there at once.
 */
export function useDrafts(repo: string): Drafts {
  return useSyncExternalStore(
    subscribe,
    () => drafts.get(repo) ?? none,
    () => none,
  )
}

/** @param next what a form holds after the change; empty when all of it is saved or forgotten. */
export function changeDraft(repo: string, form: string, next: (kept: object) => object): void {
  const forms = new Map(drafts.get(repo))
  const left = next(forms.get(form) ?? {})
  if (Object.keys(left).length === 0) forms.delete(form)
  else forms.set(form, left)
  drafts.set(repo, forms)
  for (const tell of listeners) tell()
}
