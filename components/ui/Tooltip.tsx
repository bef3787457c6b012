'use client'

import {
  cloneElement,
  type ReactElement,
  type SyntheticEvent,
  useEffect,
  useEffectEvent,
  useId,
  useRef,
  useState,
} from 'react'
import { createPortal } from 'react-dom'
import { cx } from '@/components/ui/class-names'
import { layer } from '@/components/ui/layer'

interface TooltipProps {
  text: string
  /** One element that can take focus. */
  children: ReactElement<TriggerProps>
}

interface TriggerProps {
  onPointerEnter?: (event: SyntheticEvent) => void
  onPointerLeave?: (event: SyntheticEvent) => void
  onFocus?: (event: SyntheticEvent) => void
  onBlur?: (event: SyntheticEvent) => void
  'aria-describedby'?: string
}

interface Place {
  left: number
  top: number
  side: 'above' | 'below'
}

const PAUSE_MS = 350
const GAP_PX = 6
/** Half of its greatest width: nearer to an edge it would leave the screen. */
const EDGE_PX = 150
const NEEDED_PX = 64

/**
 * A short explanation on hover and on focus; Escape takes it away. What matters must be readable without it. Made by hand: the
 * first page of a list should not wait for a positioning library.
 */
export function Tooltip({ text, children }: TooltipProps) {
  const id = useId()
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [place, setPlace] = useState<Place>()
  const { onPointerEnter, onPointerLeave, onFocus, onBlur } = children.props
  const show = (target: Element) => setPlace(placeOver(target.getBoundingClientRect()))
  const hide = () => {
    clearTimeout(pause.current)
    setPlace(undefined)
  }
  const trigger = cloneElement(children, {
    'aria-describedby': place ? id : children.props['aria-describedby'],
    onPointerEnter: (event: SyntheticEvent) => {
      onPointerEnter?.(event)
      const { currentTarget } = event
      clearTimeout(pause.current)
      pause.current = setTimeout(() => show(currentTarget), PAUSE_MS)
    },
    onPointerLeave: (event: SyntheticEvent) => {
      onPointerLeave?.(event)
      hide()
    },
    onFocus: (event: SyntheticEvent) => {
      onFocus?.(event)
      if (event.currentTarget.matches(':focus-visible')) show(event.currentTarget)
    },
    onBlur: (event: SyntheticEvent) => {
      onBlur?.(event)
      hide()
    },
  })
  return (
    <>
      {trigger}
      {place &&
        createPortal(<Bubble id={id} text={text} place={place} onEscape={hide} />, layer() ?? document.body)}
    </>
  )
}

function placeOver(box: DOMRect): Place {
  const edge = Math.min(EDGE_PX, window.innerWidth / 2)
  const middle = box.left + box.width / 2
  const left = Math.min(Math.max(middle, edge), window.innerWidth - edge)
  return box.top > NEEDED_PX
    ? { left, top: box.top - GAP_PX, side: 'above' }
    : { left, top: box.bottom + GAP_PX, side: 'below' }
}

interface BubbleProps {
  id: string
  text: string
  place: Place
  onEscape: () => void
}

function Bubble({ id, text, place: { left, top, side }, onEscape }: BubbleProps) {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === 'Escape') onEscape()
  })
  // Keys reach the document wherever the focus is.
  useEffect(() => {
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  return (
    <span
      role="tooltip"
      id={id}
      style={{ left, top }}
      className={cx(
        'pointer-events-none fixed z-50 w-max max-w-72 -translate-x-1/2 rounded-md bg-ink px-2 py-1 text-canvas text-xs shadow-high',
        side === 'above' && '-translate-y-full',
      )}
    >
      {text}
    </span>
  )
}
