'use client'

import { useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Container, FilePlus2, History, type LucideIcon, Package, PackagePlus, Search } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type ReactNode, useDeferredValue, useState } from 'react'
import { repositoryHref as aptHref, sourceHref } from '@/components/apt/places'
import { useViewer } from '@/components/providers/Viewer'
import { repositoryHref } from '@/components/registry/places'
import { navigation } from '@/components/shell/navigation'
import {
  foundAptRepositories,
  foundFiles,
  foundImages,
  foundRepositories,
  foundSources,
} from '@/components/shell/queries'
import { readRecent, rememberRecent } from '@/components/shell/recent'
import { Dialog } from '@/components/ui/Dialog'
import { MiddleTruncate } from '@/components/ui/MiddleTruncate'
import { StateBadge } from '@/components/ui/StateBadge'

interface CommandPaletteProps {
  open: boolean
  onOpenChange: (open: boolean) => void
}

const actions = [
  { href: '/files/declare', label: 'Declare files', icon: FilePlus2, action: 'file.declare' },
  { href: '/images/declare', label: 'Declare images', icon: PackagePlus, action: 'image.declare' },
]

/** One search for everything: what was opened lately, pages, actions, files, images, repositories. */
export function CommandPalette({ open, onOpenChange }: CommandPaletteProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Search or go to" placement="bare" width="medium">
      {open && <Palette onDone={() => onOpenChange(false)} />}
    </Dialog>
  )
}

function Palette({ onDone }: { onDone: () => void }) {
  const router = useRouter()
  const { refusals } = useViewer()
  const [typed, setTyped] = useState('')
  const wanted = useDeferredValue(typed.trim())
  const files = useQuery(foundFiles(wanted))
  const images = useQuery(foundImages(wanted))
  const repositories = useQuery(foundRepositories(wanted))
  const aptRepositories = useQuery(foundAptRepositories(wanted))
  const sources = useQuery(foundSources(wanted))
  const [recent] = useState(readRecent)
  const isSearching = [files, images, repositories, aptRepositories, sources].some((one) => one.isFetching)
  const go = (href: string, label: string) => {
    rememberRecent({ href, label })
    onDone()
    router.push(href)
  }
  const isAllowed = ({ action }: { action?: string }) =>
    action === undefined || refusals[action] === undefined
  return (
    <Command label="Search or go to" loop>
      <div className="flex items-center gap-2.5 border-line border-b px-4">
        <Search aria-hidden size={16} className="shrink-0 text-ink-faint" />
        <Command.Input
          value={typed}
          onValueChange={setTyped}
          placeholder="A page, an action, a part of a URL"
          className="h-12 min-w-0 flex-1 bg-transparent text-base outline-none"
        />
      </div>
      <Command.List className="max-h-[min(24rem,60dvh)] overflow-y-auto p-2">
        <Command.Empty className="px-3 py-8 text-center text-ink-muted text-sm">
          {isSearching ? 'Searching' : 'Nothing found.'}
        </Command.Empty>
        {typed === '' && recent.length > 0 && (
          <Group heading="Recent">
            {recent.map(({ href, label }) => (
              <Item key={href} value={`recent ${href}`} icon={History} onSelect={() => go(href, label)}>
                <MiddleTruncate text={label} mono={label.includes('://')} tail={24} />
              </Item>
            ))}
          </Group>
        )}
        {wanted.length >= 2 && files.data && files.data.items.length > 0 && (
          <Group heading="Files">
            {files.data.items.map(({ id, uri, state }) => (
              <Item key={id} value={`file ${id}`} keywords={[typed]} onSelect={() => go(`/files/${id}`, uri)}>
                <span className="flex min-w-0 flex-1 items-center justify-between gap-3">
                  <MiddleTruncate text={uri} tail={28} />
                  <StateBadge state={state} />
                </span>
              </Item>
            ))}
          </Group>
        )}
        {wanted.length >= 2 && images.data && images.data.items.length > 0 && (
          <Group heading="Images">
            {images.data.items.map(({ id, reference, state }) => (
              <Item
                key={id}
                value={`image ${id}`}
                keywords={[typed]}
                onSelect={() => go(`/images/${id}`, reference)}
              >
                <span className="flex min-w-0 flex-1 items-center justify-between gap-3">
                  <MiddleTruncate text={reference} tail={12} />
                  <StateBadge state={state} />
                </span>
              </Item>
            ))}
          </Group>
        )}
        {wanted.length >= 2 && repositories.data && repositories.data.length > 0 && (
          <Group heading="Repositories">
            {repositories.data.map(({ id, cluster, name }) => (
              <Item
                key={id}
                value={`repository ${id}`}
                keywords={[typed]}
                icon={Container}
                onSelect={() => go(repositoryHref({ cluster, name }), name)}
              >
                <span className="flex min-w-0 flex-1 items-center justify-between gap-3">
                  <MiddleTruncate text={name} tail={20} />
                  <span className="text-ink-muted text-xs">{cluster}</span>
                </span>
              </Item>
            ))}
          </Group>
        )}
        {wanted.length >= 2 && aptRepositories.data && aptRepositories.data.items.length > 0 && (
          <Group heading="Debian repositories">
            {aptRepositories.data.items.map(({ name }) => (
              <Item
                key={name}
                value={`apt ${name}`}
                keywords={[typed]}
                icon={Package}
                onSelect={() => go(aptHref(name), name)}
              >
                {name}
              </Item>
            ))}
          </Group>
        )}
        {wanted.length >= 2 && sources.data && sources.data.length > 0 && (
          <Group heading="Debian packages">
            {sources.data.map(({ repository, source }) => (
              <Item
                key={`${repository}/${source}`}
                value={`source ${repository}/${source}`}
                keywords={[typed]}
                icon={Package}
                onSelect={() => go(sourceHref(repository, source), source)}
              >
                <span className="flex min-w-0 flex-1 items-center justify-between gap-3">
                  <span className="truncate">{source}</span>
                  <span className="text-ink-muted text-xs">{repository}</span>
                </span>
              </Item>
            ))}
          </Group>
        )}
        <Group heading="Actions">
          {actions.filter(isAllowed).map(({ href, label, icon }) => (
            <Item key={href} value={label} icon={icon} onSelect={() => go(href, label)}>
              {label}
            </Item>
          ))}
        </Group>
        <Group heading="Pages">
          {navigation
            .flatMap((group) => group.destinations)
            .filter(isAllowed)
            .map(({ href, label, icon }) => (
              <Item key={href} value={label} icon={icon} onSelect={() => go(href, label)}>
                {label}
              </Item>
            ))}
        </Group>
      </Command.List>
    </Command>
  )
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="pb-1 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-ink-muted [&_[cmdk-group-heading]]:text-xs"
    >
      {children}
    </Command.Group>
  )
}

interface ItemProps {
  value: string
  keywords?: string[]
  icon?: LucideIcon
  onSelect: () => void
  children: ReactNode
}

function Item({ value, keywords, icon: Icon, onSelect, children }: ItemProps) {
  return (
    <Command.Item
      value={value}
      keywords={keywords}
      onSelect={onSelect}
      className="flex h-8.5 items-center gap-2.5 rounded-md px-2 text-sm data-[selected=true]:bg-hover"
    >
      {Icon && <Icon aria-hidden size={15} className="shrink-0 text-ink-muted" />}
      {children}
    </Command.Item>
  )
}
