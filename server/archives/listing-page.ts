import type { TreeEntry } from '@/server/storage/filesystem-tree'

interface Listing {
  /** Decoded, from `/archive/` on, with a slash at its end. */
  path: string
  isRoot: boolean
  entries: readonly TreeEntry[]
  /** There are more than these. */
  isCut: boolean
  description: string
  /** Where people are sent instead. */
  pointer: string | null
  /** `2027-01-31` */
  goneFrom: string | null
}

const STYLE =
  'body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}' +
  'table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.15rem .75rem .15rem 0;overflow-wrap:anywhere}' +
  'td.n,th.n{text-align:right;white-space:nowrap}.legacy{border-left:4px solid #b45309;background:#fef3c7;color:#1c1917;padding:.5rem 1rem}'

/** The page that lists one directory of an archive, and says that it is one. */
export function listingPage(listing: Listing): string {
  const { path, isRoot, entries, isCut } = listing
  const title = `Index of ${escapeHtml(path)}`
  const rows = entries.map(rowOf).join('')
  const up = isRoot ? '' : '<tr><td><a href="../">../</a></td><td></td><td></td></tr>'
  const cut = isCut ? '<p>There is more here than this page shows. Ask for files by their names.</p>' : ''
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<meta name="robots" content="noindex"><title>${title}</title><style>${STYLE}</style></head><body><main>` +
    `<h1>${title}</h1>${notice(listing)}<table><thead><tr><th scope="col">Name</th><th scope="col" class="n">Bytes</th>` +
    `<th scope="col" class="n">Changed</th></tr></thead><tbody>${up}${rows}</tbody></table>${cut}</main></body></html>\n`
  )
}

function notice({ description, pointer, goneFrom }: Listing): string {
  const sentences = [
    '<strong>This is a legacy archive: it is kept as it was, and nothing new comes here.</strong>',
    ...(description === '' ? [] : [escapeHtml(description)]),
    ...(pointer === null ? [] : [`Use ${linkTo(pointer)} instead.`]),
    ...(goneFrom === null ? [] : [`It is gone from ${goneFrom} on.`]),
  ]
  return `<p class="legacy">${sentences.join(' ')}</p>`
}

function linkTo(pointer: string): string {
  const text = escapeHtml(pointer)
  return /^https?:\/\//.test(pointer) ? `<a href="${text}">${text}</a>` : text
}

function rowOf({ name, kind, size, modifiedAt }: TreeEntry): string {
  const slash = kind === 'directory' ? '/' : ''
  const link = `<a href="${encodeURIComponent(name)}${slash}">${escapeHtml(name)}${slash}</a>`
  const changed = modifiedAt === null ? '' : modifiedAt.toISOString().slice(0, 16).replace('T', ' ')
  const bytes = kind === 'directory' ? '' : String(size)
  return `<tr><td>${link}</td><td class="n">${bytes}</td><td class="n">${changed}</td></tr>`
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
}
