'use client'

import { Archive, Download } from 'lucide-react'
import { inFours, standingOf } from '@/components/apt/keys/standing'
import { Button } from '@/components/ui/Button'
import { Copyable } from '@/components/ui/Copyable'
import { saveFile } from '@/components/ui/csv'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { Notice } from '@/components/ui/Notice'
import { StateBadge } from '@/components/ui/StateBadge'
import { Time } from '@/components/ui/Time'
import { useNow } from '@/components/ui/use-now'
import type { AptKey } from '@/server/apt/keys/schema'
import type { RepositoryDetail } from '@/server/apt/schema'

interface KeyCardProps {
  repository: RepositoryDetail
  aptKey: AptKey
  retireRefusal: string | undefined
  onRetire: () => void
}

/** One signing key: what it is, until when, and what today's apt would say of it. */
export function KeyCard({ repository, aptKey, retireRefusal, onRetire }: KeyCardProps) {
  const { origin, fingerprint, algorithm, userId, publicKey, expiresAt, retiredAt, createdAt, warnings } =
    aptKey
  const now = useNow()
  const standing = standingOf(aptKey, now ?? new Date(createdAt))
  const save = () => {
    const name = `${repository.name}-${fingerprint.slice(-8).toLowerCase()}.asc`
    saveFile({ name, text: publicKey, type: 'application/pgp-keys' })
  }
  return (
    <article
      aria-label={`Key ${fingerprint.slice(-8)}`}
      className="flex flex-col gap-3 border-line border-b px-4 py-3.5 last:border-b-0"
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <h3 className="min-w-0 text-sm">{userId}</h3>
        <StateBadge state={standing} />
        <span className="ml-auto flex gap-1">
          <Button size="small" variant="quiet" icon={Download} onClick={save}>
            Public key
          </Button>
          {retiredAt === null && (
            <Button
              size="small"
              variant="quiet"
              icon={Archive}
              disabledReason={retireRefusal}
              onClick={onRetire}
            >
              Retire
            </Button>
          )}
        </span>
      </div>
      {warnings.length > 0 && retiredAt === null && (
        <Notice tone="attention">
          {warnings.map((warning) => (
            <p key={warning}>{warning}</p>
          ))}
        </Notice>
      )}
      <DefinitionList
        items={[
          {
            term: 'Fingerprint',
            detail: <Copyable value={inFours(fingerprint)} label="fingerprint" tail={19} />,
          },
          { term: 'Algorithm', detail: algorithm },
          { term: 'Origin', detail: origin === 'generated' ? 'made by this installation' : 'imported' },
          { term: 'Made', detail: <Time at={createdAt} /> },
          { term: 'Expires', detail: expiresAt === null ? 'never' : <Time at={expiresAt} format="exact" /> },
          { term: 'Retired', detail: retiredAt && <Time at={retiredAt} /> },
        ]}
      />
    </article>
  )
}
