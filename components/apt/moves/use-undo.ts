'use client'

import { undoMove } from '@/components/apt/board/queries'
import { aptKeys } from '@/components/apt/queries'
import { type Action, useAction } from '@/components/use-action'

/** Takes a move back; works from a toast too, when what offered it is closed. */
export function useUndo(): Action<{ id: string }> {
  return useAction(undoMove, {
    success: 'Taken back: all is where it was before.',
    invalidates: [aptKeys.all],
  })
}
