'use client'

import { CircleCheck, CircleDashed, Download, type LucideIcon, Plus } from 'lucide-react'
import { choosePlatforms, imageKeys } from '@/components/images/queries'
import { useRefusal } from '@/components/providers/Viewer'
import { kindOf, shortDigest } from '@/components/registry/kinds'
import { Badge, type Tone } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { Copyable } from '@/components/ui/Copyable'
import { Panel } from '@/components/ui/Panel'
import { Size } from '@/components/ui/Size'
import { useAction } from '@/components/use-action'
import type { ImageDetail, ImagePlatform } from '@/server/images/schema'

const looks: Record<ImagePlatform['state'], { tone: Tone; icon: LucideIcon; word: string }> = {
  mirrored: { tone: 'ok', icon: CircleCheck, word: 'Mirrored' },
  waiting: { tone: 'working', icon: Download, word: 'On its way' },
  not_chosen: { tone: 'neutral', icon: CircleDashed, word: 'Not chosen' },
}

/** The platforms of an index: which are here, which come, and which one click would take as well. */
export function PlatformTable({ image }: { image: ImageDetail }) {
  const { id, platformTable } = image
  const refusal = useRefusal('image.declare')
  const missing = platformTable.filter(({ state }) => state === 'not_chosen')
  const add = useAction(choosePlatforms, {
    success: (_, { platforms }) => {
      if (platforms.length === 0) return 'All the rest is fetched now.'
      return `${platforms.join(', ')} ${platforms.length === 1 ? 'is' : 'are'} fetched now.`
    },
    invalidates: [imageKeys.all],
  })
  if (platformTable.length === 0) return null
  return (
    <Panel
      title={platformTable.length === 1 ? 'One platform' : `${platformTable.length} platforms`}
      padding="flush"
      actions={
        missing.length > 1 && (
          <Button
            size="small"
            icon={Plus}
            pending={add.pending}
            disabledReason={refusal}
            onClick={() => add.run({ id, platforms: [] })}
          >
            Mirror the {missing.length} others
          </Button>
        )
      }
    >
      <ul className="divide-y divide-line">
        {platformTable.map((row) => {
          const { tone, icon, word } = looks[row.state]
          const { platform } = row
          return (
            <li
              key={`${row.parentDigest} ${row.digest}`}
              className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-2 text-sm sm:grid-cols-[10rem_minmax(0,1fr)_7.5rem_5rem_7rem]"
            >
              <span className="truncate">{platform ?? kindOf({ ...row, artifactType: null })}</span>
              <span className="min-w-0 max-sm:order-last">
                <Copyable value={row.digest} shown={shortDigest(row.digest)} label="digest" tail={6} />
              </span>
              <span>
                <Badge tone={tone} icon={icon}>
                  {word}
                </Badge>
              </span>
              <span className="text-right max-sm:order-last">
                <Size bytes={row.size} />
              </span>
              <span className="text-right max-sm:order-last max-sm:col-span-2 max-sm:empty:hidden">
                {row.state === 'not_chosen' && platform !== null && (
                  <Button
                    size="small"
                    icon={Plus}
                    pending={add.pending}
                    disabledReason={refusal}
                    aria-label={`Mirror ${platform}`}
                    onClick={() => add.run({ id, platforms: [platform] })}
                  >
                    Mirror it
                  </Button>
                )}
              </span>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
