'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useViewer } from '@/components/providers/Viewer'
import { Mark } from '@/components/shell/Mark'
import { type Destination, navigation } from '@/components/shell/navigation'
import { railCounts } from '@/components/shell/queries'
import { Count } from '@/components/ui/Count'
import { cx } from '@/components/ui/class-names'

/** The left rail: where one is, where one can go, and where something waits for a person. */
export function Rail({ onNavigate }: { onNavigate?: () => void }) {
  const path = usePathname()
  const { refusals } = useViewer()
  const { data: counts } = useQuery(railCounts)
  return (
    <nav aria-label="Main" className="flex h-full flex-col gap-4 overflow-y-auto px-3 py-3">
      <Link
        href="/"
        onClick={onNavigate}
        className="flex h-8 items-center gap-2 rounded-md px-2 font-strong text-base tracking-tight"
      >
        <Mark /> Entrepôt
      </Link>
      {navigation.map(({ heading, destinations }) => (
        <div key={heading ?? 'first'} className="flex flex-col gap-0.5">
          {heading !== undefined && (
            <h2 className="px-2 pb-1 font-normal text-ink-faint text-xs">{heading}</h2>
          )}
          <ul className="flex flex-col gap-0.5">
            {destinations
              .filter(({ action }) => action === undefined || refusals[action] === undefined)
              .map((destination) => (
                <li key={destination.href}>
                  <RailLink
                    destination={destination}
                    isHere={isWithin(path, destination.href)}
                    count={destination.count && counts?.[destination.count]}
                    onNavigate={onNavigate}
                  />
                </li>
              ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}

function isWithin(path: string, href: string): boolean {
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`)
}

interface RailLinkProps {
  destination: Destination
  isHere: boolean
  count: number | undefined
  onNavigate: (() => void) | undefined
}

function RailLink({
  destination: { href, label, icon: Icon, count: counted },
  isHere,
  count,
  onNavigate,
}: RailLinkProps) {
  return (
    <Link
      href={href}
      onClick={onNavigate}
      aria-current={isHere ? 'page' : undefined}
      className={cx(
        'flex h-7.5 items-center gap-2.5 rounded-md px-2 text-sm transition-colors',
        isHere ? 'bg-accent-soft text-accent' : 'text-ink-muted hover:bg-hover hover:text-ink',
      )}
    >
      <Icon aria-hidden size={15} strokeWidth={1.9} />
      <span className="flex-1">{label}</span>
      {count !== undefined && count > 0 && (
        <span
          className={cx(
            'rounded-full px-1.5 text-xs leading-4.5',
            // Tasks run by themselves; everything else waits for a person.
            counted === 'runningTasks'
              ? isHere
                ? 'bg-surface'
                : 'bg-neutral-soft'
              : 'bg-attention-soft text-attention',
          )}
        >
          <Count value={count} format="short" />
        </span>
      )}
    </Link>
  )
}
