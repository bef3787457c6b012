'use client'

import { Check } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { kindOf, shortDigest } from '@/components/registry/kinds'
import { Button } from '@/components/ui/Button'
import { Checkbox } from '@/components/ui/Checkbox'
import { MiddleTruncate } from '@/components/ui/MiddleTruncate'
import type { ResolvedTag } from '@/server/images/schema'

interface ResolvedDigestProps {
  resolved: ResolvedTag
  /** @param platforms those that were chosen; none for all. */
  onTake: (platforms: readonly string[]) => void
}

/** What a tag points to just now, and which of its platforms are wanted. */
export function ResolvedDigest({ resolved, onTake }: ResolvedDigestProps) {
  const { digest, mediaType, platforms, imageId, tag } = resolved
  const named = [
    ...new Set(platforms.flatMap(({ platform }) => (platform === null ? [] : [platform]))),
  ].filter((platform) => !platform.startsWith('unknown'))
  const [chosen, choose] = useState<readonly string[]>(named)
  const isAll = chosen.length === named.length
  const toggle = (platform: string, isOn: boolean) =>
    choose(named.filter((one) => (one === platform ? isOn : chosen.includes(one))))
  return (
    <div className="flex min-w-0 flex-col gap-3 rounded-md bg-sunken px-3 py-2.5">
      <p className="flex min-w-0 flex-wrap items-baseline gap-x-2 gap-y-1">
        <span className="text-ink-muted">
          Just now {tag} names this {kindOf({ mediaType, artifactType: null })}:
        </span>
        <MiddleTruncate text={digest} tail={12} />
        {imageId !== null && (
          <Link
            href={`/images/${imageId}`}
            target="_blank"
            className="rounded-sm text-accent text-xs hover:underline"
          >
            declared already
          </Link>
        )}
      </p>
      {named.length > 0 && (
        <fieldset className="flex flex-col gap-1.5">
          <legend className="pb-1.5 text-ink-muted text-xs">
            Platforms; those that are not chosen can be taken later.
          </legend>
          <Checkbox
            label={`All ${named.length}`}
            checked={isAll ? true : chosen.length === 0 ? false : 'indeterminate'}
            onChange={(isOn) => choose(isOn ? named : [])}
          />
          <ul className="grid gap-x-8 gap-y-1.5 sm:grid-cols-2">
            {named.map((platform) => (
              <li key={platform} className="flex items-center justify-between gap-2">
                <Checkbox
                  label={platform}
                  checked={chosen.includes(platform)}
                  onChange={(isOn) => toggle(platform, isOn)}
                />
                <span className="font-mono text-ink-faint text-xs">
                  {shortDigest(platforms.find((row) => row.platform === platform)?.digest ?? '').slice(7)}
                </span>
              </li>
            ))}
          </ul>
        </fieldset>
      )}
      <div>
        <Button
          size="small"
          variant="primary"
          icon={Check}
          disabledReason={
            named.length > 0 && chosen.length === 0 ? 'Choose at least one platform.' : undefined
          }
          onClick={() => onTake(isAll ? [] : chosen)}
        >
          Use this digest
        </Button>
      </div>
    </div>
  )
}
