const LOCALE = 'en-GB'
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']
const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 })
// The British short forms would write a million as “1m”.
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })

/** Bytes in binary units with three significant digits: `1.50 KiB`, `12.3 MiB`, `812 GiB`. */
export function formatSize(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1)
  const value = bytes / 1024 ** power
  if (power === 0) return `${whole.format(bytes)} B`
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${UNITS[power]}`
}

/** A number with separators: `1,234,567`. */
export function formatCount(count: number): string {
  return whole.format(count)
}

/** A number for narrow places and axes: `1.2M`. */
export function formatShort(count: number): string {
  return short.format(count)
}

/** Seconds as people say them, at most two units: `4 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  const given = Math.max(0, seconds)
  if (given < 10) return `${given < 1 ? given.toFixed(1) : Math.round(given)} s`
  const rest = Math.round(given)
  if (rest < MINUTE) return `${rest} s`
  if (rest < HOUR) return twoUnits(rest, { size: MINUTE, name: 'min' }, { size: 1, name: 's' })
  if (rest < DAY) return twoUnits(rest, { size: HOUR, name: 'h' }, { size: MINUTE, name: 'min' })
  return twoUnits(rest, { size: DAY, name: 'd' }, { size: HOUR, name: 'h' })
}

interface Unit {
  size: number
  name: string
}

function twoUnits(seconds: number, large: Unit, little: Unit): string {
  const first = Math.floor(seconds / large.size)
  const second = Math.floor((seconds % large.size) / little.size)
  return second === 0 ? `${first} ${large.name}` : `${first} ${large.name} ${second} ${little.name}`
}

/** An instant seen from another: `just now`, `4 min ago`, `in 3 h`, `yesterday`, `12 Mar`, `12 Mar 2024`. */
export function formatRelative(instant: Date, now: Date): string {
  const seconds = (now.getTime() - instant.getTime()) / 1000
  const distance = Math.abs(seconds)
  if (distance < 10) return 'just now'
  if (distance >= 7 * DAY) return formatDay(instant, now)
  const text = coarse(distance)
  return seconds >= 0 ? `${text} ago` : `in ${text}`
}

function coarse(distance: number): string {
  if (distance < MINUTE) return `${Math.round(distance)} s`
  if (distance < HOUR) return `${Math.floor(distance / MINUTE)} min`
  if (distance < DAY) return `${Math.floor(distance / HOUR)} h`
  return `${Math.floor(distance / DAY)} d`
}

function formatDay(instant: Date, now: Date): string {
  const sameYear = instant.getUTCFullYear() === now.getUTCFullYear()
  return instant.toLocaleDateString(LOCALE, {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
    ...(!sameYear && { year: 'numeric' }),
  })
}

/** The exact instant; in UTC unless the reader's own zone is asked for. */
export function formatExact(instant: Date, zone: 'utc' | 'local' = 'utc'): string {
  return instant.toLocaleString(LOCALE, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    ...(zone === 'utc' && { timeZone: 'UTC' }),
  })
}
