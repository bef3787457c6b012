'use client'

import { useState } from 'react'
import { type MirroredPlace, mirrorCommands, proxyCommands } from '@/components/images/commands'
import { Commands } from '@/components/registry/Commands'
import { Panel } from '@/components/ui/Panel'
import { Segments } from '@/components/ui/Segments'

const ways = [
  { value: 'mirror', label: 'From here' },
  { value: 'proxy', label: 'Through the proxy' },
] as const

type Way = (typeof ways)[number]['value']

const notes: Record<Way, string> = {
  mirror: 'By its name in our own registry: works on machines that know nothing of the proxy.',
  proxy: 'Under its own name, unchanged: works where the proxy and the authority are set up.',
}

interface ImageCommandsProps {
  place: MirroredPlace
  isStored: boolean
}

/** How each client gets this very image, ready to paste. */
export function ImageCommands({ place, isStored }: ImageCommandsProps) {
  const [chosen, choose] = useState<Way>('mirror')
  const way = place.mirrorRepository === null ? 'proxy' : chosen
  const commands = way === 'mirror' ? mirrorCommands(place) : proxyCommands(place)
  return (
    <Panel
      title={isStored ? 'Pull it' : 'Pull it, once it is stored'}
      actions={
        place.mirrorRepository !== null && (
          <Segments label="How" options={ways} value={way} onChange={choose} />
        )
      }
    >
      <p className="pb-2 text-ink-muted text-sm">{notes[way]}</p>
      <Commands key={way} label="Pull commands" commands={commands} />
    </Panel>
  )
}
