import { AppError } from '@/server/errors'

/** Cursors are opaque to clients: base64url of the last row's sort key. */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/**
 * The sort key inside a cursor.
 * @param length how many parts this list's key has.
 * @throws AppError `invalid` for anything that `encodeCursor` did not make.
 */
export function decodeCursor(cursor: string, length: number): string[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(key) && key.length === length && key.every((part) => typeof part === 'string'))
      return key
  } catch (error) {
    throw badCursor(error)
  }
  throw badCursor()
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * The id inside the cursor of a list that is sorted by id; undefined without a cursor.
 * @throws AppError `invalid`.
 */
export function idOfCursor(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : idsOfCursor(cursor, 1)[0]
}

/**
 * The ids inside the cursor of a list that is sorted by several.
 * @param length how many there are.
 * @throws AppError `invalid`.
 */
export function idsOfCursor(cursor: string, length: number): string[] {
  const ids = decodeCursor(cursor, length)
  if (!ids.every((id) => UUID.test(id))) throw badCursor()
  return ids
}

function badCursor(cause?: unknown): AppError {
  return new AppError('invalid', 'This cursor is not one of ours. Start again without it.', { cause })
}

/** Cuts a list that was read one row too far into a page. */
export function pageOf<Row, Item>(
  rows: Row[],
  limit: number,
  { key, item }: { key: (row: Row) => readonly string[]; item: (row: Row) => Item },
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(key(last)) : null
  return { items: shown.map(item), nextCursor }
}
