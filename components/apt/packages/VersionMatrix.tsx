'use client'

import { ArrowRightLeft, Check, Ellipsis, Trash2 } from 'lucide-react'
import type { CardPlace } from '@/components/apt/board/cards'
import { cx } from '@/components/ui/class-names'
import { DropdownMenu, type MenuEntry } from '@/components/ui/DropdownMenu'
import { IconButton } from '@/components/ui/IconButton'
import { ScrollRegion } from '@/components/ui/ScrollRegion'
import { Time } from '@/components/ui/Time'
import type { SourceDetail } from '@/server/apt/packages/schema'
import type { RepositoryDetail } from '@/server/apt/schema'

interface VersionMatrixProps {
  repository: RepositoryDetail
  detail: SourceDetail
  /** The version whose packages are shown. */
  chosen: string
  /** Why nothing can be moved. */
  refusal: string | undefined
  onChoose: (version: string) => void
  onMove: (place: CardPlace) => void
  onRemove: (place: CardPlace) => void
}

/** Versions down, branches across: which is where. */
export function VersionMatrix(props: VersionMatrixProps) {
  const { repository, detail, chosen, onChoose } = props
  const branches = repository.branches.map(({ name }) => name)
  return (
    <ScrollRegion label="Versions and branches" axis="x">
      <table className="relative w-full text-sm">
        <thead>
          <tr className="border-line border-b text-ink-muted text-xs">
            <th className="h-9 whitespace-nowrap px-4 text-left font-normal">Version</th>
            {branches.map((branch) => (
              <th key={branch} className="h-9 whitespace-nowrap px-3 text-center font-normal">
                {branch}
              </th>
            ))}
            <th className="h-9 px-3 text-right font-normal">Came</th>
            <th className="h-9 px-3">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {detail.versions.map((row) => (
            <tr
              key={row.version}
              className={cx(
                'border-line border-b last:border-b-0',
                row.version === chosen && 'bg-accent-soft',
              )}
            >
              <th scope="row" className="h-10 px-4 text-left font-normal">
                <button
                  type="button"
                  aria-pressed={row.version === chosen}
                  onClick={() => onChoose(row.version)}
                  className="whitespace-nowrap rounded-sm font-mono text-xs hover:text-accent hover:underline"
                >
                  {row.version}
                </button>
              </th>
              {branches.map((branch) => (
                <td key={branch} className="px-3 text-center">
                  {row.branches.includes(branch) ? (
                    <span className="inline-flex align-middle text-ok">
                      <Check aria-hidden size={16} />
                      <span className="sr-only">there</span>
                    </span>
                  ) : (
                    <span className="text-ink-faint">
                      <span aria-hidden>–</span>
                      <span className="sr-only">not there</span>
                    </span>
                  )}
                </td>
              ))}
              <td className="px-3 text-right">
                <Time at={row.addedAt} />
              </td>
              <td className="px-3 text-right">
                <DropdownMenu
                  trigger={<IconButton icon={Ellipsis} label={`Actions for ${row.version}`} />}
                  entries={entriesFor(row, props)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

function entriesFor(
  { version, branches }: SourceDetail['versions'][number],
  { detail: { source }, refusal, onMove, onRemove }: VersionMatrixProps,
): MenuEntry[] {
  if (branches.length === 0)
    return [{ text: 'It is in no branch; a roll-back or an undo can bring it back.' }]
  return branches.flatMap((branch): MenuEntry[] => [
    {
      label: `Move from ${branch}`,
      icon: ArrowRightLeft,
      disabledReason: refusal,
      onSelect: () => onMove({ branch, source, version }),
    },
    {
      label: `Take out of ${branch}`,
      icon: Trash2,
      danger: true,
      disabledReason: refusal,
      onSelect: () => onRemove({ branch, source, version }),
    },
  ])
}
