/** The values that differ from those before; lists are compared by what is in them. */
export function changedOf<Values extends object>(before: Values, now: Values): Partial<Values> {
  const changed: Partial<Values> = {}
  for (const key of Object.keys(now) as (keyof Values)[]) {
    if (JSON.stringify(now[key]) !== JSON.stringify(before[key])) changed[key] = now[key]
  }
  return changed
}
