import type { ReactNode } from 'react'

export interface Definition {
  term: string
  /** Left out when null or undefined. */
  detail: ReactNode
}

/** Facts, each with its name. */
export function DefinitionList({ items }: { items: readonly Definition[] }) {
  return (
    <dl className="grid grid-cols-[minmax(6.5rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm">
      {items
        .filter(({ detail }) => detail !== null && detail !== undefined)
        .map(({ term, detail }) => (
          <div key={term} className="col-span-2 grid min-w-0 grid-cols-subgrid items-baseline">
            <dt className="text-ink-muted">{term}</dt>
            <dd className="min-w-0">{detail}</dd>
          </div>
        ))}
    </dl>
  )
}
