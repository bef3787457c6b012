'use client'

import { ArrowLeft, ArrowRight, X } from 'lucide-react'
import { type DragEvent, type KeyboardEvent, useId, useState } from 'react'
import { cx } from '@/components/ui/class-names'
import { controlLook } from '@/components/ui/Field'
import { describedBy, FieldNotes } from '@/components/ui/FieldNotes'
import { useFieldError } from '@/components/ui/Form'
import { IconButton } from '@/components/ui/IconButton'

interface NameChipsProps {
  label: string
  /** Of the field, for the server's fault. */
  name: string
  /** One of them, in sentences: “branch”. */
  noun: string
  help?: string
  names: readonly string[]
  onChange: (names: string[]) => void
  /** Their order means something: they can be dragged and moved by buttons. */
  isOrdered?: boolean
  /** Cannot be taken out here, e.g. branches that exist. */
  fixed?: readonly string[]
}

/** A list of names: each can be taken out, and moved where the order counts; typing adds some, by Enter, comma or space. */
export function NameChips(props: NameChipsProps) {
  const { label, name, noun, help, names, onChange, isOrdered = false, fixed = [] } = props
  const id = useId()
  const fault = useFieldError(name)
  const notes = { id, fault, help }
  const addition = `Add ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
  const [typed, setTyped] = useState('')
  const [dragged, drag] = useState<number>()
  const move = (from: number, to: number) => onChange(moved(names, from, to))
  const add = (text: string) => {
    const known = new Set(names)
    const fresh = text.split(/[\s,]+/).filter((one) => one !== '' && !known.has(one))
    if (fresh.length > 0) onChange([...names, ...new Set(fresh)])
    setTyped('')
  }
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (['Enter', ',', ' '].includes(event.key) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      add(typed)
    } else if (event.key === 'Backspace' && typed === '') {
      const last = names.at(-1)
      if (last !== undefined && !fixed.includes(last)) onChange(names.slice(0, -1))
    }
  }
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="pb-1 font-strong text-sm">{label}</legend>
      <ol className="flex flex-wrap gap-1.5">
        {names.map((each, index) => (
          <Chip
            key={each}
            name={each}
            index={index}
            count={names.length}
            isOrdered={isOrdered}
            isDragged={dragged === index}
            onMove={(to) => move(index, to)}
            onRemove={
              fixed.includes(each) ? undefined : () => onChange(names.filter((other) => other !== each))
            }
            onDragStart={() => drag(index)}
            onDragOver={(event) => {
              if (dragged === undefined) return
              event.preventDefault()
              if (dragged !== index) {
                move(dragged, index)
                drag(index)
              }
            }}
            onDragEnd={() => drag(undefined)}
          />
        ))}
      </ol>
      <input
        aria-label={addition}
        aria-describedby={describedBy(notes)}
        aria-invalid={fault !== undefined || undefined}
        placeholder={addition}
        value={typed}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={onKey}
        onBlur={() => add(typed)}
        className={cx(controlLook, 'h-8 max-w-56 font-mono text-xs')}
      />
      <FieldNotes {...notes} />
    </fieldset>
  )
}

interface ChipProps {
  name: string
  index: number
  count: number
  isOrdered: boolean
  isDragged: boolean
  onMove: (to: number) => void
  onRemove: (() => void) | undefined
  onDragStart: () => void
  onDragOver: (event: DragEvent) => void
  onDragEnd: () => void
}

function Chip({ name, index, count, isOrdered, isDragged, onMove, onRemove, ...dragging }: ChipProps) {
  return (
    <li
      draggable={isOrdered}
      {...(isOrdered && dragging)}
      className={cx(
        'inline-flex h-7 items-center gap-0.5 rounded-full border border-line bg-surface pr-1 pl-2.5',
        isOrdered && 'cursor-grab',
        isDragged && 'opacity-50',
      )}
    >
      <span className="pr-1 font-mono text-xs">{name}</span>
      {isOrdered && index > 0 && (
        <IconButton
          size="small"
          icon={ArrowLeft}
          label={`Move ${name} earlier`}
          onClick={() => onMove(index - 1)}
        />
      )}
      {isOrdered && index < count - 1 && (
        <IconButton
          size="small"
          icon={ArrowRight}
          label={`Move ${name} later`}
          onClick={() => onMove(index + 1)}
        />
      )}
      {onRemove && <IconButton size="small" icon={X} label={`Take out ${name}`} onClick={onRemove} />}
    </li>
  )
}

/** The list with one of it at another place. */
function moved(names: readonly string[], from: number, to: number): string[] {
  const rest = names.filter((_, index) => index !== from)
  return [...rest.slice(0, to), names[from] ?? '', ...rest.slice(to)].filter((name) => name !== '')
}
