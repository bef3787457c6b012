'use client'

import Link from 'next/link'
import { type FieldChange, fieldChanges } from '@/components/audit/changes'
import { subjectHref } from '@/components/audit/subjects'
import { Button } from '@/components/ui/Button'
import { Copyable } from '@/components/ui/Copyable'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { Dialog } from '@/components/ui/Dialog'
import { Snippet } from '@/components/ui/Snippet'
import { Time } from '@/components/ui/Time'
import type { AuditEntry } from '@/server/audit/schema'

const link = 'rounded-sm text-accent underline'

/** One entry whole: field by field, and as the JSON that is stored. */
export function AuditDetails({ entry, onClose }: { entry: AuditEntry; onClose: () => void }) {
  const { action, actor, subject, at, requestId, details } = entry
  const href = subjectHref(entry)
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="medium"
      title={action}
      footer={
        <>
          {href !== undefined && <Button href={href}>Open the {subject.type}</Button>}
          <Button variant="primary" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <DefinitionList
          items={[
            { term: 'About', detail: `${subject.type} ${subject.name}` },
            { term: 'By', detail: actor.id === null ? actor.name : <ByActor actor={actor} /> },
            { term: 'At', detail: <Time at={at} format="exact" /> },
            { term: 'Request', detail: requestId && <Copyable value={requestId} label="request id" /> },
            {
              term: 'History',
              detail: subject.id && (
                <Link
                  href={`/audit?subjectType=${subject.type}&subjectId=${subject.id}`}
                  onClick={onClose}
                  className={link}
                >
                  All about this {subject.type}
                </Link>
              ),
            },
          ]}
        />
        <Changes changes={fieldChanges(details)} />
        {Object.keys(details).length > 0 && (
          <details className="text-sm">
            <summary className="w-fit rounded-sm text-ink-muted hover:text-ink">As it is stored</summary>
            <div className="mt-2">
              <Snippet code={JSON.stringify(details, null, 2)} label="details" />
            </div>
          </details>
        )}
      </div>
    </Dialog>
  )
}

function ByActor({ actor }: { actor: AuditEntry['actor'] }) {
  return (
    <>
      {actor.name} ·{' '}
      <Link href={`/audit?actorId=${actor.id}`} className={link}>
        all they did
      </Link>
    </>
  )
}

function Changes({ changes }: { changes: FieldChange[] }) {
  if (changes.length === 0) return null
  return (
    <table className="w-full text-sm">
      <thead>
        <tr className="border-line border-b text-left text-ink-muted text-xs">
          <th className="py-1 pr-3 font-normal">Field</th>
          <th className="py-1 pr-3 font-normal">Before</th>
          <th className="py-1 font-normal">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ field, from, to }) => (
          <tr key={field} className="border-line border-b align-top last:border-b-0">
            <td className="whitespace-nowrap py-1.5 pr-3 text-ink-muted">{field}</td>
            <td className="py-1.5 pr-3">
              {from === undefined ? (
                <span className="text-ink-faint">–</span>
              ) : (
                <del className="rounded-sm bg-failed-soft px-1 text-failed">{from}</del>
              )}
            </td>
            <td className="py-1.5">
              <ins className="rounded-sm bg-ok-soft px-1 text-ok no-underline">{to}</ins>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
