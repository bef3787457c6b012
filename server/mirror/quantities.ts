const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']

/** A number of bytes for people: `12 bytes`, `1.5 KiB`, `40 MiB`. */
export function formatBytes(bytes: number): string {
  const unit = unitFor(bytes)
  return `${inUnit(bytes, unit)} ${UNITS[unit]}`
}

/** How far a transfer came: `12 of 40 MiB`; `12 MiB` where the end is not known. */
export function formatTransfer(done: number, total: number | null): string {
  if (total === null) return formatBytes(done)
  const unit = unitFor(total)
  return `${inUnit(done, unit)} of ${inUnit(total, unit)} ${UNITS[unit]}`
}

/** A span of time for people, rounded to the largest fitting unit: `0.5 s`, `60 s`, `10 min`, `6 h`. */
export function formatSeconds(seconds: number): string {
  if (seconds >= 7200) return `${rounded(seconds / 3600)} h`
  if (seconds >= 120) return `${rounded(seconds / 60)} min`
  return `${rounded(seconds)} s`
}

function unitFor(bytes: number): number {
  return bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
}

function inUnit(bytes: number, unit: number): string {
  return rounded(bytes / 1024 ** unit)
}

function rounded(value: number): string {
  return (value < 10 ? Math.round(value * 10) / 10 : Math.round(value)).toString()
}
