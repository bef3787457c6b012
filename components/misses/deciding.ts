'use client'

import { createContext, useContext } from 'react'
import { dismissMisses, missKeys, reopenMisses } from '@/components/misses/queries'
import { useRefusal } from '@/components/providers/Viewer'
import { toast } from '@/components/ui/toast'
import { useAction } from '@/components/use-action'
import type { Miss } from '@/server/mirror/schema'

/** What one can decide about a miss. */
export type Decision = 'declare' | 'dismiss' | 'reopen' | 'block'

/** The decision that a dialog asks about. */
export interface Asking {
  decision: 'declare' | 'block'
  miss: Miss
}

interface Deciding {
  decide: (decision: Decision, miss: Miss) => void
  /** Why the person may not, by decision. */
  refusals: Partial<Record<Decision, string>>
}

const Deciding = createContext<Deciding | undefined>(undefined)

/** Hands the decisions to the cells of the table, whose columns are made once. */
export const DecidingProvider = Deciding.Provider

/** What a cell can decide. */
export function useDeciding(): Deciding {
  const deciding = useContext(Deciding)
  if (!deciding) throw new Error('useDeciding needs the list of misses around it.')
  return deciding
}

/**
 * Decides about misses: dismissing happens at once and can be undone, declaring and blocking ask first.
 * @param ask opens the dialog.
 */
export function useDecisions(ask: (asking: Asking) => void, onDismissed: () => void) {
  const decideRefusal = useRefusal('miss.decide')
  const declareRefusal = useRefusal('file.declare')
  const hostRefusal = useRefusal('host.rule')
  const invalidates = [missKeys.all, missKeys.counts]
  const reopen = useAction(reopenMisses, { success: 'Back in the inbox.', invalidates })
  const dismiss = useAction(dismissMisses, {
    invalidates,
    onSuccess: (_, { ids }) => {
      const sentence = ids.length === 1 ? 'Dismissed.' : `${ids.length} misses are dismissed.`
      toast.success(sentence, { undo: () => reopen.run({ ids }) })
      onDismissed()
    },
  })
  const refusals = {
    declare: decideRefusal ?? declareRefusal,
    dismiss: decideRefusal,
    reopen: decideRefusal,
    block: hostRefusal,
  }
  const decide = (decision: Decision, miss: Miss) => {
    if (decision === 'declare' || decision === 'block') ask({ decision, miss })
    else if (decision === 'reopen') reopen.run({ ids: [miss.id] })
    else if (miss.state === 'open') dismiss.run({ ids: [miss.id] })
  }
  return { decide, refusals, dismiss }
}
