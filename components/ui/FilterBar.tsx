'use client'

import { Search, X } from 'lucide-react'
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react'
import { Button } from '@/components/ui/Button'
import { cx } from '@/components/ui/class-names'
import { controlLook } from '@/components/ui/Field'
import { Kbd } from '@/components/ui/Kbd'
import { Select } from '@/components/ui/Select'
import { useShortcut } from '@/components/ui/use-shortcut'

export interface Filter<Value extends string = string> {
  /** What is filtered, as the first choice says it: “Any state”. */
  any: string
  /** Read out: “State”. */
  label: string
  value: Value | undefined
  options: readonly { value: Value; label: string }[]
  onChange: (value: Value | undefined) => void
}

/** A filter whose values are of a type of their own, e.g. states. */
export function filterOf<Value extends string>({ options, onChange, ...rest }: Filter<Value>): Filter {
  const known = (value: string | undefined) => options.find((option) => option.value === value)?.value
  return { ...rest, options, onChange: (value) => onChange(known(value)) }
}

interface FilterBarProps {
  /** What is searched, as the placeholder says it: “Search tasks”. */
  searchLabel: string
  search: string | undefined
  onSearch: (text: string | undefined) => void
  filters?: readonly Filter[]
  /** Forgets search and filters; offered while one is set. */
  onClear?: () => void
  /** Further controls, at the end. */
  children?: ReactNode
}

const PAUSE_MS = 150

/** Search and filters over a list; `f` goes to the search. Give it state from `useUrlState`. */
export function FilterBar({
  searchLabel,
  search,
  onSearch,
  filters = [],
  onClear,
  children,
}: FilterBarProps) {
  const isFiltered = Boolean(search) || filters.some(({ value }) => value !== undefined)
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SearchBox label={searchLabel} value={search} onChange={onSearch} />
      {filters.map(({ any, label, value, options, onChange }) => (
        <div key={label} className="w-auto max-w-56">
          <Select
            aria-label={label}
            placeholder={any}
            options={options}
            value={value ?? ''}
            onChange={(chosen) => onChange(chosen === '' ? undefined : chosen)}
          />
        </div>
      ))}
      {isFiltered && onClear && (
        <Button variant="quiet" icon={X} onClick={onClear}>
          Clear
        </Button>
      )}
      {children !== undefined && <div className="ml-auto flex items-center gap-2">{children}</div>}
    </div>
  )
}

interface SearchBoxProps {
  label: string
  value: string | undefined
  onChange: (text: string | undefined) => void
}

function SearchBox({ label, value, onChange }: SearchBoxProps) {
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(value ?? '')
  const [isTyping, setTyping] = useState(false)
  const [seen, setSeen] = useState(value)
  const [reported, setReported] = useState(value)
  // A value that is not the echo of what was typed comes from elsewhere: “Clear”, or the back button.
  if (value !== seen) {
    setSeen(value)
    if (value !== reported) {
      setReported(value)
      setText(value ?? '')
      setTyping(false)
    }
  }
  useShortcut('f', (event) => {
    event.preventDefault()
    input.current?.focus()
  })
  const report = useEffectEvent((typed: string) => {
    const wanted = typed.trim() || undefined
    setTyping(false)
    setReported(wanted)
    onChange(wanted)
  })
  const pending = isTyping ? text : undefined
  // The clock and the pointer: who clicks does not wait for the pause. Reported later, the new URL would call off the page that the
  // click opens, or undo the filter that it chose.
  useEffect(() => {
    if (pending === undefined) return
    const tell = () => report(pending)
    const pause = setTimeout(tell, PAUSE_MS)
    window.addEventListener('click', tell, { capture: true })
    return () => {
      clearTimeout(pause)
      window.removeEventListener('click', tell, { capture: true })
    }
  }, [pending])
  const type = (next: string) => {
    setText(next)
    setTyping(true)
  }
  return (
    <div className="relative min-w-52 flex-1 basis-52 sm:max-w-96">
      <Search aria-hidden size={14} className="absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-faint" />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => type(event.target.value)}
        className={cx(controlLook, 'h-8 pr-8 pl-8 [&::-webkit-search-cancel-button]:hidden')}
      />
      {text === '' && (
        <span
          aria-hidden
          className="pointer-events-none absolute top-1/2 right-2 hidden -translate-y-1/2 sm:block"
        >
          <Kbd>f</Kbd>
        </span>
      )}
    </div>
  )
}
