/** deb-version(7), in its three parts. */
export interface Version {
  epoch: number
  upstream: string
  /** Empty where there is none, which is the same as `0`. */
  revision: string
}

const UPSTREAM = /^[0-9][A-Za-z0-9.+~:-]*$/
const REVISION = /^[A-Za-z0-9.+~]+$/
const EPOCH = /^[0-9]{1,10}$/
const MAX_EPOCH = 2 ** 31 - 1
const MAX_LENGTH = 250

/** The parts of a version; undefined where dpkg would not take it. */
export function parseVersion(text: string): Version | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const colon = text.indexOf(':')
  const epoch = colon === -1 ? '0' : text.slice(0, colon)
  if (!EPOCH.test(epoch) || Number(epoch) > MAX_EPOCH) return undefined
  const rest = text.slice(colon + 1)
  const dash = rest.lastIndexOf('-')
  const upstream = dash === -1 ? rest : rest.slice(0, dash)
  const revision = dash === -1 ? '' : rest.slice(dash + 1)
  if (!UPSTREAM.test(upstream) || (dash !== -1 && !REVISION.test(revision))) return undefined
  return { epoch: Number(epoch), upstream, revision }
}

/**
 * Orders two versions as dpkg does (deb-version(7), “Sorting algorithm”). Takes any text: what is no version is cut into the same
 * parts, so that sorting never fails.
 * @returns below 0 where `a` is older, above 0 where it is newer, 0 where they are the same.
 */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0
  const left = cut(a)
  const right = cut(b)
  return (
    left.epoch - right.epoch ||
    comparePart(a, left.start, left.dash, b, right.start, right.dash) ||
    comparePart(a, left.dash + 1, a.length, b, right.dash + 1, b.length)
  )
}

/** Where the parts of a version lie in its text; `dash` is its length where there is no revision. */
function cut(text: string): { epoch: number; start: number; dash: number } {
  const colon = text.indexOf(':')
  const hasEpoch = colon !== -1 && EPOCH.test(text.slice(0, colon))
  const start = hasEpoch ? colon + 1 : 0
  const dash = text.lastIndexOf('-')
  return {
    epoch: hasEpoch ? Number(text.slice(0, colon)) : 0,
    start,
    dash: dash < start ? text.length : dash,
  }
}

/** Text and numbers in turn: text by `weight`, numbers by value. */
function comparePart(a: string, i: number, aEnd: number, b: string, j: number, bEnd: number): number {
  let left = i
  let right = j
  while (left < aEnd || right < bEnd) {
    const leftNumber = skip(a, left, aEnd, false)
    const rightNumber = skip(b, right, bEnd, false)
    const text = compareText(a, left, leftNumber, b, right, rightNumber)
    if (text !== 0) return text
    left = skip(a, leftNumber, aEnd, true)
    right = skip(b, rightNumber, bEnd, true)
    const number = compareNumber(a, leftNumber, left, b, rightNumber, right)
    if (number !== 0) return number
  }
  return 0
}

/** The index after digits, or after what is none. */
function skip(text: string, from: number, end: number, digits: boolean): number {
  let at = from
  while (at < end && isDigit(text.charCodeAt(at)) === digits) at += 1
  return at
}

function compareText(a: string, i: number, aEnd: number, b: string, j: number, bEnd: number): number {
  const length = Math.max(aEnd - i, bEnd - j)
  for (let offset = 0; offset < length; offset += 1) {
    const order = weight(a, i + offset, aEnd) - weight(b, j + offset, bEnd)
    if (order !== 0) return order
  }
  return 0
}

function compareNumber(a: string, i: number, aEnd: number, b: string, j: number, bEnd: number): number {
  let left = i
  let right = j
  while (left < aEnd && a.charCodeAt(left) === ZERO) left += 1
  while (right < bEnd && b.charCodeAt(right) === ZERO) right += 1
  const longer = aEnd - left - (bEnd - right)
  if (longer !== 0) return longer
  for (; left < aEnd; left += 1, right += 1) {
    const order = a.charCodeAt(left) - b.charCodeAt(right)
    if (order !== 0) return order
  }
  return 0
}

const ZERO = 48

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 57
}

/** A tilde before the end, the end before letters, letters before all else. */
function weight(text: string, index: number, end: number): number {
  if (index >= end) return 0
  const code = text.charCodeAt(index)
  if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) return code
  return code === 126 ? -1 : code + 256
}
