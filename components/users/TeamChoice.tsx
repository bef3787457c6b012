'use client'

import { useQuery } from '@tanstack/react-query'
import { teamChoices } from '@/components/teams/queries'
import { Checkbox } from '@/components/ui/Checkbox'
import { Skeleton } from '@/components/ui/Skeleton'

interface TeamChoiceProps {
  value: readonly string[]
  onChange: (slugs: string[]) => void
}

/** Any number of teams. */
export function TeamChoice({ value, onChange }: TeamChoiceProps) {
  const { data } = useQuery(teamChoices)
  const toggle = (slug: string, isIn: boolean) =>
    onChange(isIn ? [...value, slug] : value.filter((other) => other !== slug))
  return (
    <fieldset className="flex min-w-0 flex-col gap-1">
      <legend className="mb-1 font-strong text-sm">
        Teams<span className="font-normal text-ink-faint"> optional</span>
      </legend>
      <div className="flex max-h-44 flex-col gap-1.5 overflow-y-auto rounded-md border border-line px-3 py-2">
        {data === undefined && <Skeleton width={20} />}
        {data?.items.length === 0 && <span className="text-ink-muted text-sm">There is no team yet.</span>}
        {data?.items.map(({ slug, name }) => (
          <Checkbox
            key={slug}
            label={name}
            checked={value.includes(slug)}
            onChange={(isIn) => toggle(slug, isIn)}
          />
        ))}
      </div>
    </fieldset>
  )
}
