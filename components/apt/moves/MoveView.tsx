'use client'

import { useQuery } from '@tanstack/react-query'
import { Undo2 } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { namesOf } from '@/components/apt/board/cards'
import { undoMove } from '@/components/apt/board/queries'
import { moveWords } from '@/components/apt/moves/move-words'
import { moveAt } from '@/components/apt/moves/queries'
import { moveHref, packageHref, repositoryHref, sourceHref } from '@/components/apt/places'
import { aptKeys, repositoryByName } from '@/components/apt/queries'
import { useAptRefusal } from '@/components/apt/use-apt-refusal'
import { Badge } from '@/components/ui/Badge'
import { Button } from '@/components/ui/Button'
import { ConfirmDialog } from '@/components/ui/ConfirmDialog'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { DetailLayout } from '@/components/ui/DetailLayout'
import { Notice } from '@/components/ui/Notice'
import { PageHeader } from '@/components/ui/PageHeader'
import { Panel } from '@/components/ui/Panel'
import { Skeleton } from '@/components/ui/Skeleton'
import { Time } from '@/components/ui/Time'
import { sentenceOf, useAction } from '@/components/use-action'
import type { MoveDetail } from '@/server/apt/moves/schema'

const look = 'rounded-sm text-accent hover:underline'

/** One move: what went where, by whom and why, and the way back. */
export function MoveView({ repo, id }: { repo: string; id: string }) {
  const { data: move, error } = useQuery(moveAt(repo, id))
  const { data: repository } = useQuery(repositoryByName(repo))
  const [isAsking, ask] = useState(false)
  const refusal = useAptRefusal('apt.move', repository ?? { team: null })
  if (error) return <Notice tone="failed">{sentenceOf(error)}</Notice>
  if (!move) return <Skeleton height={280} />
  return (
    <>
      <PageHeader
        back={{ href: repositoryHref(repo, { tab: 'moves' }), label: 'Moves' }}
        title={move.sources.length === 0 ? moveWords(move) : namesOf(move.sources)}
        state={
          <span className="flex flex-wrap gap-1">
            {move.sources.length > 0 && <Badge tone="accent">{moveWords(move)}</Badge>}
            {move.undoneById !== null && <Badge>taken back</Badge>}
          </span>
        }
        description={move.reason}
        actions={
          move.undoneById === null && (
            <Button icon={Undo2} disabledReason={refusal} onClick={() => ask(true)}>
              Take it back
            </Button>
          )
        }
      />
      <DetailLayout aside={<Facts repo={repo} move={move} />}>
        <Panel
          title={move.items.length === 1 ? '1 package' : `${move.items.length} packages`}
          padding="flush"
        >
          <ul className="divide-y divide-line">
            {move.items.map(({ id: item, name, version, architecture, type, fromBranch, toBranch }) => (
              <li
                key={`${item} ${fromBranch} ${toBranch}`}
                className="flex flex-wrap items-center gap-x-2 gap-y-0.5 px-4 py-2 text-sm"
              >
                <Link href={packageHref(repo, item)} className="rounded-sm hover:text-accent hover:underline">
                  {name}
                </Link>
                <span className="font-mono text-xs">{version}</span>
                <Badge>{type === 'source' ? 'source' : architecture}</Badge>
                {(fromBranch !== move.fromBranch || toBranch !== move.toBranch) && (
                  <span className="ml-auto text-ink-muted text-xs">
                    {fromBranch ?? '–'} → {toBranch ?? '–'}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </Panel>
      </DetailLayout>
      {isAsking && <TakeBack move={move} onClose={() => ask(false)} />}
    </>
  )
}

function TakeBack({ move, onClose }: { move: MoveDetail; onClose: () => void }) {
  const undo = useAction(undoMove, {
    faults: 'form',
    success: 'Taken back: all is where it was before.',
    invalidates: [aptKeys.all],
    onSuccess: onClose,
  })
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title="Take the move back"
      lost={`Undoes “${moveWords(move)}” of ${namesOf(move.sources)}. What it changed is published anew.`}
      kept="Nothing leaves the pool. The undoing is a move of its own, and can be undone."
      verb="Take it back"
      pending={undo.pending}
      error={undo.error ?? Object.values(undo.fields ?? {})[0]}
      onConfirm={() => undo.run({ id: move.id })}
    />
  )
}

function Facts({ repo, move }: { repo: string; move: MoveDetail }) {
  return (
    <Panel title="Facts">
      <DefinitionList
        items={[
          { term: 'Who', detail: move.actorName },
          { term: 'When', detail: <Time at={move.at} format="exact" /> },
          {
            term: move.sources.length === 1 ? 'Source' : 'Sources',
            detail: (
              <ul>
                {move.sources.map(({ source, version }) => (
                  <li key={`${source} ${version}`}>
                    <Link href={sourceHref(repo, source, { version })} className={look}>
                      {source} {version}
                    </Link>
                  </li>
                ))}
              </ul>
            ),
          },
          {
            term: 'Undoes',
            detail: move.undoesId && (
              <Link href={moveHref(repo, move.undoesId)} className={look}>
                an earlier move
              </Link>
            ),
          },
          {
            term: 'Undone by',
            detail: move.undoneById && (
              <Link href={moveHref(repo, move.undoneById)} className={look}>
                a later move
              </Link>
            ),
          },
          { term: 'Approved', detail: move.requestId && 'by a second person' },
        ]}
      />
    </Panel>
  )
}
