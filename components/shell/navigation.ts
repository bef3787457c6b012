import {
  Archive,
  Boxes,
  Container,
  FileBox,
  FileQuestion,
  Gauge,
  Key,
  ListChecks,
  type LucideIcon,
  MonitorCog,
  Package,
  ScrollText,
  Settings,
  UserRound,
  UsersRound,
} from 'lucide-react'

export interface Destination {
  href: string
  label: string
  icon: LucideIcon
  /** Second key after `g`. */
  key: string
  /** Shown only to people who may do this. */
  action?: string
  /** What is counted beside the entry. */
  count?: 'openMisses' | 'waitingApprovals' | 'runningTasks'
}

export interface DestinationGroup {
  heading?: string
  destinations: readonly Destination[]
}

/** Where one can go: the rail, the command palette and the `g` keys read this. What is not built is not here. */
export const navigation: readonly DestinationGroup[] = [
  {
    destinations: [
      { href: '/', label: 'Dashboard', icon: Gauge, key: 'd' },
      { href: '/setup', label: 'Set up a client', icon: MonitorCog, key: 'c' },
    ],
  },
  {
    heading: 'Intake',
    destinations: [
      { href: '/files', label: 'Files', icon: FileBox, key: 'f' },
      { href: '/images', label: 'Images', icon: Container, key: 'i' },
      { href: '/misses', label: 'Misses', icon: FileQuestion, key: 'm', count: 'openMisses' },
    ],
  },
  {
    heading: 'Serve',
    destinations: [
      { href: '/registry', label: 'Registry', icon: Boxes, key: 'r' },
      {
        href: '/debian',
        label: 'Debian repositories',
        icon: Package,
        key: 'b',
        count: 'waitingApprovals',
      },
      { href: '/archives', label: 'Archives', icon: Archive, key: 'o' },
    ],
  },
  {
    heading: 'Run',
    destinations: [
      { href: '/tasks', label: 'Tasks', icon: ListChecks, key: 't', count: 'runningTasks' },
      { href: '/audit', label: 'Audit', icon: ScrollText, key: 'a', action: 'audit.read' },
      { href: '/teams', label: 'Teams', icon: UsersRound, key: 'e' },
      { href: '/users', label: 'Users', icon: UserRound, key: 'u', action: 'user.read' },
      { href: '/tokens', label: 'Tokens', icon: Key, key: 'k' },
      { href: '/settings', label: 'Settings', icon: Settings, key: 's' },
    ],
  },
]
