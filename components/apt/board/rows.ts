/** The cards in a part of the board, in the order in which they are shown. */
export function rowsOf(part: HTMLElement | null | undefined): HTMLElement[] {
  return [...(part?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
}
