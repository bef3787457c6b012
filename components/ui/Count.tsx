import { formatCount, formatShort } from '@/components/ui/format'

interface CountProps {
  value: number
  /** After the number; the plural gets an s unless given. */
  noun?: string
  plural?: string
  format?: 'full' | 'short'
}

/** A number with separators, and its noun in the right number. */
export function Count({ value, noun, plural, format = 'full' }: CountProps) {
  const text = format === 'short' ? formatShort(value) : formatCount(value)
  const word = noun && (value === 1 ? noun : (plural ?? `${noun}s`))
  return (
    <span className="tabular-nums" title={format === 'short' ? formatCount(value) : undefined}>
      {text}
      {word && ` ${word}`}
    </span>
  )
}
