'use client'

import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import { toast } from '@/components/ui/toast'
import { ApiError } from '@/server/api/client'

interface ActionOptions<Input, Output> {
  /** The sentence that is shown when it worked; nothing is shown without one. */
  success?: string | ((output: Output, input: Input) => string)
  /** Keys of what has changed; they are read again. */
  invalidates?: readonly QueryKey[]
  /** Where to go on: close the dialog, open the new page. */
  onSuccess?: (output: Output, input: Input) => void
  /** When what has changed was read again: from now on the page can show what the server says, and not what was typed. */
  onRefreshed?: (input: Input) => void
  /** `form`: the fault is shown by the form (`fields`, `error`) and not as a toast. */
  faults?: 'toast' | 'form'
}

export interface Action<Input> {
  run: (input: Input) => void
  pending: boolean
  /** The server's faults by field, for `Form`. */
  fields: Record<string, string> | undefined
  /** The server's sentence when the fault belongs to no field. */
  error: string | undefined
  reset: () => void
}

/**
 * A change: runs it, shows what the server said, reads again what has changed. All changes of the portal go through here,
 * so that a refusal always reaches the person in the server's own words.
 * @param perform the call, e.g. `({ id }) => unwrap(api.tasks[':id'].cancel.$post({ param: { id } }))`.
 */
export function useAction<Input, Output>(
  perform: (input: Input) => Promise<Output>,
  { success, invalidates = [], onSuccess, onRefreshed, faults = 'toast' }: ActionOptions<Input, Output> = {},
): Action<Input> {
  const client = useQueryClient()
  const mutation = useMutation({
    mutationFn: perform,
    onSuccess: async (output, input) => {
      const sentence = typeof success === 'function' ? success(output, input) : success
      if (sentence !== undefined) toast.success(sentence)
      onSuccess?.(output, input)
      await Promise.all(invalidates.map((queryKey) => client.invalidateQueries({ queryKey })))
      onRefreshed?.(input)
    },
    onError: (error) => {
      if (faults === 'toast') toast.error(sentenceOf(error))
    },
  })
  const { fields, rest } = faultsOf(mutation.error)
  return {
    run: (input) => mutation.mutate(input),
    pending: mutation.isPending,
    fields,
    error: rest,
    reset: mutation.reset,
  }
}

/** What a failure says to the person: the server's sentence, or why there is none. */
export function sentenceOf(error: Error): string {
  if (error instanceof ApiError) return error.message
  return 'The server does not answer. Check the connection and try again.'
}

const kept = new WeakMap<Error, Record<string, string>>()

/** The same object for the same error, so that a form moves the focus once for each refusal. */
function faultsOf(error: Error | null) {
  if (error === null) return { fields: undefined, rest: undefined }
  if (!(error instanceof ApiError) || error.fields.length === 0) {
    return { fields: undefined, rest: sentenceOf(error) }
  }
  const known = kept.get(error)
  if (known) return { fields: known, rest: undefined }
  const fields: Record<string, string> = {}
  for (const { path, message } of error.fields) fields[path] ??= message
  kept.set(error, fields)
  return { fields, rest: undefined }
}
