'use client'

import { CircleUserRound, KeyRound, LogOut, Menu, Monitor, Moon, Search, Sun, UsersRound } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useEffect, useState } from 'react'
import { applyTheme, type Theme, themeOf } from '@/components/preferences'
import { useViewer } from '@/components/providers/Viewer'
import { TaskTray } from '@/components/shell/TaskTray'
import { signOut } from '@/components/sign-in/auth-endpoint'
import { Button } from '@/components/ui/Button'
import { DropdownMenu } from '@/components/ui/DropdownMenu'
import { IconButton } from '@/components/ui/IconButton'
import { Kbd } from '@/components/ui/Kbd'
import { useShortcut } from '@/components/ui/use-shortcut'

const loadPalette = async () => (await import('@/components/shell/CommandPalette')).CommandPalette
const CommandPalette = dynamic(loadPalette, { ssr: false })

interface TopBarProps {
  theme: Theme
  onOpenRail: () => void
}

/** Search, running tasks, the team one acts for, theme, account. */
export function TopBar({ theme, onOpenRail }: TopBarProps) {
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-1.5 border-line border-b bg-canvas px-3 sm:px-6">
      <span className="lg:hidden">
        <IconButton icon={Menu} label="Open the menu" onClick={onOpenRail} />
      </span>
      <PaletteSearch />
      <div className="ml-auto flex items-center gap-1">
        <TaskTray />
        <TeamSwitcher />
        <ThemeSwitcher initial={theme} />
        <Account />
      </div>
    </header>
  )
}

function PaletteSearch() {
  const [isOpen, setOpen] = useState(false)
  const [isWanted, setWanted] = useState(false)
  // The browser's module cache: with the first sign of a person the palette is fetched, before they ask for it.
  useEffect(() => {
    const fetchOnce = () => void loadPalette()
    window.addEventListener('pointermove', fetchOnce, { once: true })
    window.addEventListener('keydown', fetchOnce, { once: true })
    return () => {
      window.removeEventListener('pointermove', fetchOnce)
      window.removeEventListener('keydown', fetchOnce)
    }
  }, [])
  const open = () => {
    setWanted(true)
    setOpen(true)
  }
  const openByKey = (event: KeyboardEvent) => {
    event.preventDefault()
    open()
  }
  useShortcut('/', openByKey)
  useShortcut('mod+k', openByKey)
  return (
    <>
      <button
        type="button"
        onClick={open}
        onPointerEnter={() => setWanted(true)}
        className="flex h-8 min-w-0 items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-ink-muted text-sm hover:border-line-strong max-sm:flex-1 sm:w-72"
      >
        <Search aria-hidden size={14} className="shrink-0" />
        <span className="truncate">Search or go to</span>
        <span aria-hidden className="ml-auto max-sm:hidden">
          <Kbd>/</Kbd>
        </span>
      </button>
      {isWanted && <CommandPalette open={isOpen} onOpenChange={setOpen} />}
    </>
  )
}

function TeamSwitcher() {
  const { me, team, setTeam } = useViewer()
  if (me.teams.length === 0) return null
  const chosen = me.teams.find(({ slug }) => slug === team)
  return (
    <DropdownMenu
      trigger={
        <Button
          variant="quiet"
          icon={UsersRound}
          aria-label={`Acting for ${chosen?.name ?? 'no team'}; change`}
        >
          <span className="max-w-32 truncate max-sm:hidden">{chosen?.name ?? 'Choose a team'}</span>
        </Button>
      }
      entries={[
        {
          heading: 'Act for the team',
          value: team ?? '',
          onChange: setTeam,
          options: me.teams.map(({ slug, name }) => ({ value: slug, label: name })),
        },
      ]}
    />
  )
}

const themeIcons = { system: Monitor, light: Sun, dark: Moon }

function ThemeSwitcher({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial)
  const choose = (value: string) => {
    const next = themeOf(value)
    setTheme(next)
    applyTheme(next)
  }
  return (
    <DropdownMenu
      trigger={<IconButton icon={themeIcons[theme]} label="Theme" />}
      entries={[
        {
          heading: 'Theme',
          value: theme,
          onChange: choose,
          options: [
            { value: 'system', label: 'As the system', icon: Monitor },
            { value: 'light', label: 'Light', icon: Sun },
            { value: 'dark', label: 'Dark', icon: Moon },
          ],
        },
      ]}
    />
  )
}

function Account() {
  const { me } = useViewer()
  const leave = async () => {
    await signOut()
    window.location.assign('/sign-in')
  }
  return (
    <DropdownMenu
      trigger={
        <button
          type="button"
          aria-label={`Account of ${me.name}`}
          className="ml-1 inline-flex size-7 shrink-0 items-center justify-center rounded-full bg-accent-soft font-strong text-accent text-xs"
        >
          {initialsOf(me.name)}
        </button>
      }
      entries={[
        {
          text: (
            <>
              <span className="block font-strong">{me.name}</span>
              <span className="block text-ink-muted text-xs">{me.email}</span>
              <span className="mt-1 block text-ink-muted text-xs">{me.role}</span>
            </>
          ),
        },
        'separator',
        { label: 'Your account', icon: CircleUserRound, href: '/account' },
        { label: 'Your tokens', icon: KeyRound, href: '/tokens' },
        { label: 'Sign out', icon: LogOut, onSelect: leave },
      ]}
    />
  )
}

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => word?.[0]?.toUpperCase() ?? '')
    .join('')
}
