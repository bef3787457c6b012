'use client'

import { useQuery } from '@tanstack/react-query'
import { Download, RefreshCcw, Upload } from 'lucide-react'
import { useState } from 'react'
import { useRefusal } from '@/components/providers/Viewer'
import { AuthorityCard } from '@/components/settings/AuthorityCard'
import { ImportAuthority } from '@/components/settings/ImportAuthority'
import { authorityList } from '@/components/settings/queries'
import { RetireAuthority } from '@/components/settings/RetireAuthority'
import { RotateAuthority } from '@/components/settings/RotateAuthority'
import { Button } from '@/components/ui/Button'
import { Notice } from '@/components/ui/Notice'
import { Panel } from '@/components/ui/Panel'
import { Skeleton } from '@/components/ui/Skeleton'
import { sentenceOf } from '@/components/use-action'
import type { Authority } from '@/server/proxy/schema'

type Question = 'rotate' | 'import' | Authority

/** The certificate authorities of the proxy: which one signs, which comes next, which are over. */
export function AuthorityPanel() {
  const { data, error } = useQuery(authorityList)
  const [asked, ask] = useState<Question>()
  const manages = useRefusal('authority.manage') === undefined
  const close = () => ask(undefined)
  const alive = data?.items.filter(({ standing }) => standing !== 'retired') ?? []
  const retired = data?.items.filter(({ standing }) => standing === 'retired') ?? []
  const waits = alive.some(({ standing }) => standing === 'next')
  return (
    <Panel
      title="Certificate authority"
      padding="flush"
      actions={
        manages && (
          <>
            <Button size="small" icon={Upload} onClick={() => ask('import')}>
              Import
            </Button>
            <Button
              size="small"
              icon={RefreshCcw}
              onClick={() => ask('rotate')}
              disabledReason={waits ? 'One waits for its turn already. Retire it first.' : undefined}
            >
              Rotate
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line border-b px-4 py-3">
        <p className="min-w-0 flex-1 basis-80 text-ink-muted text-sm">
          The proxy answers for every host with a certificate that this authority signs, so clients must trust
          it.
        </p>
        <Button size="small" icon={Download} href="/ca.crt" download="entrepot.crt">
          All that clients should trust
        </Button>
      </div>
      {error && (
        <div className="p-4">
          <Notice tone="failed">{sentenceOf(error)}</Notice>
        </div>
      )}
      {!data && !error && (
        <div className="p-4">
          <Skeleton height={80} />
        </div>
      )}
      {alive.map((authority) => (
        <AuthorityCard
          key={authority.id}
          authority={authority}
          onRetire={manages ? () => ask(authority) : undefined}
          isAlone={alive.every(({ id, standing }) => id === authority.id || standing === 'next')}
        />
      ))}
      {retired.length > 0 && <RetiredOnes authorities={retired} />}
      {asked === 'rotate' && <RotateAuthority onClose={close} />}
      {asked === 'import' && <ImportAuthority onClose={close} />}
      {typeof asked === 'object' && <RetireAuthority authority={asked} onClose={close} />}
    </Panel>
  )
}

function RetiredOnes({ authorities }: { authorities: Authority[] }) {
  return (
    <details className="px-4 py-3 text-sm">
      <summary className="w-fit rounded-sm text-ink-muted hover:text-ink">
        {authorities.length} retired
      </summary>
      <div className="-mx-4 mt-2">
        {authorities.map((authority) => (
          <AuthorityCard key={authority.id} authority={authority} isAlone={false} onRetire={undefined} />
        ))}
      </div>
    </details>
  )
}
