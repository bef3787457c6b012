'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { aptKeys } from '@/components/apt/queries'
import { packageUploadUrl } from '@/components/apt/uploads/queries'
import { changed, queued, type Sending } from '@/components/apt/uploads/sending'
import { sendFile } from '@/components/files/send-file'
import { sentenceOf } from '@/components/use-action'
import { ApiError } from '@/server/api/client'

const TYPE = 'application/vnd.debian.binary-package'
const AT_ONCE = 4

interface Target {
  branch: string
  component: string
}

/** Sends packages, a few at a time: those that are there together are published together. */
export function useSending(repo: string) {
  const client = useQueryClient()
  const [queue, setQueue] = useState<readonly Sending[]>([])
  const stop = useRef(new AbortController())
  const count = useRef(0)
  const lines = useRef(Array.from({ length: AT_ONCE }, () => Promise.resolve()))
  const patch = (id: number, what: Partial<Sending>) => setQueue((now) => changed(now, id, what))

  const send = async ({ id, file }: Sending, target: Target) => {
    patch(id, { state: 'sending' })
    try {
      await sendFile({
        url: packageUploadUrl(repo, target),
        method: 'POST',
        type: TYPE,
        file,
        onProgress: (sent) => patch(id, { sent }),
        signal: stop.current.signal,
      })
      patch(id, { state: 'done', sent: file.size })
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const said = error instanceof ApiError ? error.fields[0]?.message : undefined
      patch(id, { state: 'refused', error: said ?? sentenceOf(error) })
    }
    await client.invalidateQueries({ queryKey: aptKeys.all })
  }
  const add = (files: readonly File[], target: Target) => {
    const fresh = files.map((file) => {
      count.current += 1
      return queued(file, count.current)
    })
    setQueue((now) => [...now, ...fresh])
    for (const one of fresh.filter(({ state }) => state === 'waiting')) {
      const line = one.id % AT_ONCE
      lines.current[line] = (lines.current[line] ?? Promise.resolve()).then(() => send(one, target))
    }
  }
  // A page that is left has nobody to tell: what is under way ends with it.
  useEffect(() => {
    const leaving = new AbortController()
    stop.current = leaving
    return () => leaving.abort()
  }, [])
  return {
    queue,
    add,
    isSending: queue.some(({ state }) => state === 'waiting' || state === 'sending'),
    clear: () => setQueue((now) => now.filter(({ state }) => state === 'waiting' || state === 'sending')),
  }
}
