import Link from 'next/link'
import { Badge } from '@/components/ui/Badge'

interface TeamNamesProps {
  teams: readonly { slug: string; name: string }[]
}

const SHOWN = 3

/** A few teams as links, and how many more there are. */
export function TeamNames({ teams }: TeamNamesProps) {
  if (teams.length === 0) return <span className="text-ink-faint">none</span>
  const rest = teams.slice(SHOWN)
  return (
    <span className="flex min-w-0 flex-wrap gap-1">
      {teams.slice(0, SHOWN).map(({ slug, name }) => (
        <Link key={slug} href={`/teams/${slug}`} className="min-w-0 rounded-full hover:underline">
          <Badge>{name}</Badge>
        </Link>
      ))}
      {rest.length > 0 && (
        <span title={rest.map(({ name }) => name).join(', ')} className="text-ink-muted text-xs leading-5">
          and {rest.length} more
        </span>
      )}
    </span>
  )
}
