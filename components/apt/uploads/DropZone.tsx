'use client'

import { CircleAlert, CircleCheck, CircleDashed, Upload } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import type { Sending } from '@/components/apt/uploads/sending'
import { useSending } from '@/components/apt/uploads/use-sending'
import { useAptRefusal } from '@/components/apt/use-apt-refusal'
import { Button } from '@/components/ui/Button'
import { cx } from '@/components/ui/class-names'
import { formatSize } from '@/components/ui/format'
import { ProgressBar } from '@/components/ui/ProgressBar'
import { Select } from '@/components/ui/Select'
import type { RepositoryDetail } from '@/server/apt/schema'

/** Takes packages that are dropped or chosen, and shows how each one fares. */
export function DropZone({ repository }: { repository: RepositoryDetail }) {
  const { name, branches, components } = repository
  const input = useRef<HTMLInputElement>(null)
  const [branch, setBranch] = useState(branches[0]?.name ?? '')
  const [component, setComponent] = useState('')
  const [isOver, setOver] = useState(false)
  const { queue, add, isSending, clear } = useSending(name)
  const refusal = useAptRefusal('apt.upload', repository)
  const take = (files: FileList | null) => {
    if (refusal === undefined && files) add([...files], { branch, component })
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files)
  }
  return (
    <section
      aria-label="Upload packages"
      onDragOver={(event) => {
        event.preventDefault()
        setOver(refusal === undefined)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={cx(
        'flex min-w-0 flex-col gap-3 rounded-lg border border-dashed p-4 transition-colors',
        isOver ? 'border-accent bg-accent-soft' : 'border-line-strong/60 bg-surface',
      )}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Upload aria-hidden size={17} className="shrink-0 text-ink-faint" />
        <p className="min-w-0 flex-1 basis-56 text-sm">
          Drop .deb files here
          <span className="block text-ink-muted text-xs">
            Each is checked, placed and published by itself.
          </span>
        </p>
        <div className="w-40">
          <Select
            aria-label="Into the branch"
            options={branches.map((each) => ({ value: each.name, label: `into ${each.name}` }))}
            value={branch}
            onChange={setBranch}
          />
        </div>
        {components.length > 1 && (
          <div className="w-44">
            <Select
              aria-label="Component"
              placeholder="its own component"
              options={components.map((each) => ({ value: each, label: each }))}
              value={component}
              onChange={setComponent}
            />
          </div>
        )}
        <Button disabledReason={refusal} onClick={() => input.current?.click()}>
          Choose files
        </Button>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          aria-label="Packages"
          accept=".deb,.udeb,.ddeb"
          onChange={(event) => {
            take(event.target.files)
            event.target.value = ''
          }}
        />
      </div>
      {queue.length > 0 && (
        <>
          <ul aria-label="Files" className="divide-y divide-line rounded-md border border-line bg-surface">
            {queue.map((one) => (
              <Line key={one.id} sending={one} />
            ))}
          </ul>
          {!isSending && (
            <div className="flex justify-end">
              <Button size="small" variant="quiet" onClick={clear}>
                Clear the list
              </Button>
            </div>
          )}
        </>
      )}
    </section>
  )
}

const looks = {
  waiting: { icon: CircleDashed, look: 'text-ink-faint', word: 'Waiting' },
  sending: { icon: Upload, look: 'text-working', word: 'Sending' },
  done: { icon: CircleCheck, look: 'text-ok', word: 'Published' },
  refused: { icon: CircleAlert, look: 'text-failed', word: 'Refused' },
}

function Line({ sending: { file, state, sent, error } }: { sending: Sending }) {
  const { icon: Icon, look, word } = looks[state]
  const isChecked = state === 'sending' && sent >= file.size
  return (
    <li className="flex flex-col gap-1 px-3 py-2 text-sm">
      <div className="flex min-w-0 items-center gap-2">
        <Icon aria-hidden size={15} className={cx('shrink-0', look)} />
        <span title={file.name} className="min-w-0 truncate">
          {file.name}
        </span>
        <span className="ml-auto shrink-0 text-ink-muted text-xs">
          {isChecked ? 'Checking' : word} · {formatSize(file.size)}
        </span>
      </div>
      {state === 'sending' && (
        <ProgressBar
          label={`Progress of ${file.name}`}
          done={sent}
          total={isChecked ? null : file.size}
          size="thin"
        />
      )}
      {error !== undefined && <p className="text-failed text-xs">{error}</p>}
    </li>
  )
}
