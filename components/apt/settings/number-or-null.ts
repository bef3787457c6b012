/** A number as it is typed; an empty field is none. */
export function numberOrNull(text: string): number | null {
  return text.trim() === '' ? null : Number(text)
}
