'use client'

import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import { navigation } from '@/components/shell/navigation'
import { Dialog } from '@/components/ui/Dialog'
import { Kbd } from '@/components/ui/Kbd'
import { useShortcut } from '@/components/ui/use-shortcut'

const PAIR_MS = 1200

const destinations = navigation.flatMap((group) => group.destinations)

const general = [
  { keys: ['/'], what: 'Search or go anywhere' },
  { keys: ['f'], what: 'Search in the list' },
  { keys: ['j', 'k'], what: 'Next and previous row' },
  { keys: ['Enter'], what: 'Open the row' },
  { keys: ['x'], what: 'Select the row' },
  { keys: ['m'], what: 'Move the card, on a board' },
  { keys: ['Ctrl', 'Enter'], what: 'Send the form' },
  { keys: ['?'], what: 'Show these keys' },
]

/** `g` and a letter goes to a page; `?` shows all keys. */
export function ShortcutKeys() {
  const router = useRouter()
  const [isOpen, setOpen] = useState(false)
  const startedAt = useRef(0)
  useShortcut('?', () => setOpen(true))
  useShortcut('g', () => {
    startedAt.current = Date.now()
    const second = (event: KeyboardEvent) => {
      const target = destinations.find(({ key }) => key === event.key)
      if (target && Date.now() - startedAt.current < PAIR_MS) {
        event.preventDefault()
        event.stopPropagation()
        router.push(target.href)
      }
    }
    window.addEventListener('keydown', second, { once: true, capture: true })
  })
  return (
    <Dialog open={isOpen} onOpenChange={setOpen} title="Keys">
      <dl className="flex flex-col gap-2 pb-2 text-sm">
        {general.map(({ keys, what }) => (
          <KeyLine key={what} keys={keys} what={what} />
        ))}
        {destinations.map(({ key, label }) => (
          <KeyLine key={key} keys={['g', key]} what={`Go to ${label}`} />
        ))}
      </dl>
    </Dialog>
  )
}

function KeyLine({ keys, what }: { keys: string[]; what: string }) {
  return (
    <div className="flex items-center justify-between gap-4">
      <dt>{what}</dt>
      <dd className="flex gap-1">
        {keys.map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </dd>
    </div>
  )
}
