import { programOf } from '@/components/misses/sightings'
import { Badge } from '@/components/ui/Badge'
import { Count } from '@/components/ui/Count'
import { Time } from '@/components/ui/Time'
import type { Miss } from '@/server/mirror/schema'

const SHOWN = 8

/** Everybody who asked for a URL: network, program, team, how often and when. */
export function Sightings({ miss }: { miss: Miss }) {
  const sightings = [...miss.sightings].sort((a, b) => b.count - a.count)
  return (
    <ul className="divide-y divide-line rounded-md border border-line">
      {sightings.slice(0, SHOWN).map(({ clientNetwork, userAgent, team, count, lastSeenAt }) => (
        <li
          key={`${clientNetwork} ${userAgent} ${team}`}
          className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-1.5 text-sm"
        >
          <code className="font-mono text-xs">{clientNetwork}</code>
          <span className="min-w-0 flex-1 truncate text-ink-muted" title={userAgent}>
            {userAgent === '' ? programOf(userAgent) : userAgent}
          </span>
          {team !== null && <Badge>{team}</Badge>}
          <span className="text-ink-muted text-xs">
            <Count value={count} noun="time" />, <Time at={lastSeenAt} />
          </span>
        </li>
      ))}
      {sightings.length > SHOWN && (
        <li className="px-3 py-1.5 text-ink-muted text-xs">and {sightings.length - SHOWN} more</li>
      )}
    </ul>
  )
}
