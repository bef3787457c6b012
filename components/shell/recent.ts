const KEY = 'entrepot-recent'
const KEPT = 6

export interface Recent {
  href: string
  label: string
}

/** What this browser opened lately through the palette, newest first. */
export function readRecent(): Recent[] {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isRecent) : []
  } catch {
    // Not what was written here: as good as nothing.
    return []
  }
}

/** Puts one in front of the others. */
export function rememberRecent(opened: Recent): void {
  const others = readRecent().filter(({ href }) => href !== opened.href)
  window.localStorage.setItem(KEY, JSON.stringify([opened, ...others].slice(0, KEPT)))
}

function isRecent(value: unknown): value is Recent {
  const { href, label } = (value ?? {}) as Partial<Recent>
  return typeof href === 'string' && /^\/(?!\/)/.test(href) && typeof label === 'string'
}
