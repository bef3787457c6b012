'use client'

import { Trash2 } from 'lucide-react'
import { inFours } from '@/components/apt/keys/standing'
import { Button } from '@/components/ui/Button'
import { Copyable } from '@/components/ui/Copyable'
import { Notice } from '@/components/ui/Notice'
import { Time } from '@/components/ui/Time'
import type { Uploader } from '@/server/apt/keys/schema'

interface UploaderRowProps {
  uploader: Uploader
  refusal: string | undefined
  onRemove: () => void
}

/** A key whose uploads are taken. */
export function UploaderRow({ uploader, refusal, onRemove }: UploaderRowProps) {
  const { name, fingerprint, expiresAt, createdAt, warnings } = uploader
  return (
    <li className="flex flex-col gap-1.5 px-4 py-2.5 text-sm">
      <div className="flex flex-wrap items-center gap-x-3">
        <span className="min-w-0 flex-1">{name}</span>
        <Button
          size="small"
          variant="quiet"
          icon={Trash2}
          disabledReason={refusal}
          onClick={onRemove}
          aria-label={`Remove ${name}`}
        >
          Remove
        </Button>
      </div>
      <Copyable value={inFours(fingerprint)} label={`fingerprint of ${name}`} tail={19} />
      <p className="flex flex-wrap gap-x-3 text-ink-muted text-xs">
        <span>
          added <Time at={createdAt} />
        </span>
        {expiresAt !== null && (
          <span>
            expires <Time at={expiresAt} format="exact" />
          </span>
        )}
      </p>
      {warnings.length > 0 && <Notice tone="attention">{warnings.join(' ')}</Notice>}
    </li>
  )
}
