'use client'

import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { cx } from '@/components/ui/class-names'
import { controlLook, useFieldControl } from '@/components/ui/Field'
import type { Option } from '@/components/ui/Select'

interface ComboboxProps {
  options: readonly Option[]
  value: string
  onChange: (value: string) => void
  placeholder?: string
  /** Text that is no option counts as well. */
  freeText?: boolean
  mono?: boolean
}

const SHOWN = 50

/** A choice of many, narrowed by typing. Arrow keys move, Enter takes, Escape closes. */
export function Combobox({ options, value, onChange, placeholder, freeText, mono }: ComboboxProps) {
  const list = useId()
  const [typed, setTyped] = useState<string>()
  const [active, setActive] = useState(0)
  const shownValue = typed ?? options.find((option) => option.value === value)?.label ?? value
  const matches = typed === undefined ? options.slice(0, SHOWN) : narrow(options, typed)
  const [isOpen, setOpen] = useState(false)
  const isShown = isOpen && matches.length > 0
  const choices = useRef<HTMLDivElement>(null)
  // The scroll position is the browser's: in a dialog the list may open below the edge.
  useEffect(() => {
    if (isShown) choices.current?.scrollIntoView({ block: 'nearest' })
  }, [isShown])

  const take = (option: Option | undefined) => {
    if (option) onChange(option.value)
    else if (freeText && typed !== undefined) onChange(typed)
    setTyped(undefined)
    setOpen(false)
  }
  const type = (text: string) => {
    setTyped(text)
    setActive(0)
    setOpen(true)
    if (freeText) onChange(text)
  }
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setOpen(true)
      setActive((now) => (now + step + matches.length) % Math.max(1, matches.length))
    } else if (event.key === 'Enter' && isShown && !event.ctrlKey) {
      event.preventDefault()
      take(matches[active])
    } else if (event.key === 'Escape' && isShown) {
      event.stopPropagation()
      setOpen(false)
    }
  }
  return (
    <div className="relative min-w-0">
      <input
        {...useFieldControl()}
        role="combobox"
        aria-expanded={isShown}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={isShown ? `${list}-${active}` : undefined}
        autoComplete="off"
        placeholder={placeholder}
        value={shownValue}
        onChange={(event) => type(event.target.value)}
        onClick={() => setOpen(true)}
        onBlur={() => take(typed === '' ? undefined : options.find(({ label }) => label === typed))}
        onKeyDown={onKey}
        className={cx(controlLook, 'h-8', mono && 'font-mono text-xs')}
      />
      <div
        ref={choices}
        id={list}
        role="listbox"
        aria-label="Suggestions"
        hidden={!isShown}
        className="absolute top-full right-0 left-0 z-40 mt-1 max-h-64 overflow-auto rounded-md bg-raised p-1 shadow-high"
      >
        {matches.map((option, index) => (
          <div
            key={option.value}
            id={`${list}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            // Before the blur of the input, which would close the list.
            onMouseDown={(event) => {
              event.preventDefault()
              take(option)
            }}
            onMouseMove={() => setActive(index)}
            className={cx('truncate rounded-sm px-2 py-1 text-sm', index === active && 'bg-hover')}
          >
            {option.label}
          </div>
        ))}
      </div>
    </div>
  )
}

function narrow(options: readonly Option[], typed: string): Option[] {
  const wanted = typed.trim().toLowerCase()
  const found = options.filter(({ label, value }) => `${label} ${value}`.toLowerCase().includes(wanted))
  return found.slice(0, SHOWN)
}
