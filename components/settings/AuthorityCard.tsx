'use client'

import { Archive } from 'lucide-react'
import { ExpiryBadge } from '@/components/settings/ExpiryBadge'
import { colonPairs } from '@/components/settings/expiry'
import { Button } from '@/components/ui/Button'
import { Copyable } from '@/components/ui/Copyable'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { StateBadge } from '@/components/ui/StateBadge'
import { Time } from '@/components/ui/Time'
import type { Authority } from '@/server/proxy/schema'

interface AuthorityCardProps {
  authority: Authority
  /** No other one could sign in its place now. */
  isAlone: boolean
  /** Undefined for people who may not, and for what is retired. */
  onRetire: (() => void) | undefined
}

const means: Record<Authority['standing'], string> = {
  signing: 'Signs what the proxy answers.',
  next: 'Offered to clients already, so that they trust it before it signs.',
  previous: 'No longer signs; still offered, for connections and clients that know only it.',
  retired: 'Neither signs nor is offered. Clients may forget it.',
}

/** One authority: what it is for, and until when. */
export function AuthorityCard({ authority, isAlone, onRetire }: AuthorityCardProps) {
  const { standing, subject, origin, fingerprint, notBefore, notAfter, signsFrom, retiredAt } = authority
  return (
    <article
      aria-label={subject}
      className="flex flex-col gap-3 border-line border-b px-4 py-3.5 last:border-b-0"
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <h3 className="min-w-0 text-sm">{subject}</h3>
        <StateBadge state={standing} />
        {standing !== 'retired' && <ExpiryBadge notAfter={notAfter} />}
        {onRetire && (
          <span className="ml-auto">
            <Button
              size="small"
              variant="quiet"
              icon={Archive}
              onClick={onRetire}
              disabledReason={
                isAlone && standing === 'signing'
                  ? 'No other one can sign now. Rotate or import one, and retire this when that one signs.'
                  : undefined
              }
            >
              Retire
            </Button>
          </span>
        )}
      </div>
      <p className="text-ink-muted text-sm">{means[standing]}</p>
      <DefinitionList
        items={[
          {
            term: 'SHA-256',
            detail: <Copyable value={colonPairs(fingerprint)} label="fingerprint" tail={23} />,
          },
          { term: 'Origin', detail: origin === 'generated' ? 'made by this installation' : 'imported' },
          { term: 'Valid', detail: <Span from={notBefore} to={notAfter} /> },
          { term: 'Signs', detail: standing === 'next' ? <Time at={signsFrom} format="exact" /> : null },
          { term: 'Retired', detail: retiredAt && <Time at={retiredAt} /> },
        ]}
      />
    </article>
  )
}

function Span({ from, to }: { from: string; to: string }) {
  return (
    <>
      {from.slice(0, 10)} to {to.slice(0, 10)}
    </>
  )
}
