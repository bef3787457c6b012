'use client'

import { useQuery } from '@tanstack/react-query'
import { KeyRound, PencilLine, Plus, Trash2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { useRefusal } from '@/components/providers/Viewer'
import {
  removeUpstreamRegistry,
  upstreamRegistryKeys,
  upstreamRegistryList,
} from '@/components/settings/registry-queries'
import { Button } from '@/components/ui/Button'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { Count } from '@/components/ui/Count'
import { IconButton } from '@/components/ui/IconButton'
import { Notice } from '@/components/ui/Notice'
import { Panel } from '@/components/ui/Panel'
import { Skeleton } from '@/components/ui/Skeleton'
import { Time } from '@/components/ui/Time'
import { sentenceOf, useAction } from '@/components/use-action'
import type { UpstreamRegistry } from '@/server/images/schema'

const SetRegistry = dynamic(async () => (await import('@/components/settings/SetRegistry')).SetRegistry, {
  ssr: false,
})

type Question = 'add' | { what: 'change' | 'remove'; registry: UpstreamRegistry }

/** What Entrepôt says to registries that want to know who asks. */
export function UpstreamRegistries() {
  const { data, error } = useQuery(upstreamRegistryList)
  const [asked, ask] = useState<Question>()
  const manages = useRefusal('upstreamRegistry.manage') === undefined
  const close = () => ask(undefined)
  const known = typeof asked === 'object' ? asked : undefined
  return (
    <Panel
      title="Credentials for registries"
      padding="flush"
      actions={
        manages && (
          <Button size="small" icon={Plus} onClick={() => ask('add')}>
            Add a registry
          </Button>
        )
      }
    >
      <p className="border-line border-b px-4 py-3 text-ink-muted text-sm">
        Images are fetched without a name where a registry lets anybody in, and with these where it does not,
        or where it gives known clients more.
      </p>
      {error && (
        <div className="p-4">
          <Notice tone="failed">{sentenceOf(error)}</Notice>
        </div>
      )}
      {!data && !error && (
        <div className="p-4">
          <Skeleton height={40} />
        </div>
      )}
      {data?.items.length === 0 && (
        <p className="px-4 py-6 text-ink-muted text-sm">
          None so far: every registry is asked without a name.
        </p>
      )}
      <ul className="divide-y divide-line">
        {data?.items.map((registry) => (
          <li key={registry.registry} className="flex min-w-0 items-center gap-3 px-4 py-2.5 text-sm">
            <KeyRound aria-hidden size={15} className="shrink-0 text-ink-faint" />
            <div className="flex min-w-0 flex-1 flex-col">
              <span className="break-words font-mono text-xs">{registry.registry}</span>
              <span className="text-ink-muted text-xs">
                as {registry.username}, <Count value={registry.images} noun="image" />, set{' '}
                <Time at={registry.updatedAt} />
              </span>
            </div>
            {manages && (
              <>
                <IconButton
                  size="small"
                  icon={PencilLine}
                  label={`Change ${registry.registry}`}
                  onClick={() => ask({ what: 'change', registry })}
                />
                <IconButton
                  size="small"
                  icon={Trash2}
                  label={`Forget ${registry.registry}`}
                  onClick={() => ask({ what: 'remove', registry })}
                />
              </>
            )}
          </li>
        ))}
      </ul>
      {asked === 'add' && <SetRegistry onClose={close} />}
      {known?.what === 'change' && <SetRegistry registry={known.registry} onClose={close} />}
      {known?.what === 'remove' && <Forget registry={known.registry} onClose={close} />}
    </Panel>
  )
}

function Forget({ registry, onClose }: { registry: UpstreamRegistry; onClose: () => void }) {
  const remove = useAction(removeUpstreamRegistry, {
    success: `The credentials for ${registry.registry} are forgotten.`,
    invalidates: [upstreamRegistryKeys.all],
    onSuccess: onClose,
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title="Forget the credentials"
      lost={`${registry.registry} is asked without a name from now on. The password cannot be shown again.`}
      kept="Images that are stored stay, and are served."
      verb="Forget them"
      pending={remove.pending}
      onConfirm={() => remove.run({ registry: registry.registry })}
    />
  )
}
