import { Badge } from '@/components/ui/Badge'

const SHOWN = 2

/** The platforms of an index: the first, and how many more; all of them on hover. */
export function Platforms({ platforms }: { platforms: readonly string[] }) {
  if (platforms.length === 0) return null
  return (
    <span className="flex min-w-0 gap-1" title={platforms.join(', ')}>
      {platforms.slice(0, platforms.length > SHOWN ? 1 : SHOWN).map((platform) => (
        <Badge key={platform}>{platform}</Badge>
      ))}
      {platforms.length > SHOWN && <Badge>{`+${platforms.length - 1}`}</Badge>}
    </span>
  )
}
