import type { z } from 'zod'

type Given = Record<string, string | string[] | undefined>

/**
 * The state that search parameters describe, for the server component of a page. A parameter that does not fit counts as absent: an
 * old or mistyped link still opens its page.
 */
export function readSearch<Schema extends z.ZodObject>(schema: Schema, given: Given): z.output<Schema> {
  const fitting: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(schema.shape)) {
    const value = [given[name]].flat()[0]
    if (value === undefined || value === '') continue
    if ((field as z.ZodType).safeParse(value).success) fitting[name] = value
  }
  return schema.parse(fitting)
}

/** The search string of a state, `''` or `?…`; what equals its default is left out. */
export function writeSearch(state: object, defaults: object = {}): string {
  const usual = defaults as Record<string, unknown>
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(state)) {
    if (value === undefined || value === null || value === '' || value === usual[name]) continue
    search.set(name, String(value))
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}
