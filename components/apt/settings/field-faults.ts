const kept = new WeakMap<object, Record<string, string>>()

/**
 * The server's faults by the field that is shown: what is said of `branches.2.name` belongs to `branches`. The same object for the
 * same faults, so that a form moves the focus once for each refusal.
 */
export function faultsByField(
  fields: Record<string, string> | undefined,
): Record<string, string> | undefined {
  if (fields === undefined) return undefined
  const known = kept.get(fields)
  if (known) return known
  const shown: Record<string, string> = {}
  for (const [path, message] of Object.entries(fields)) shown[path.split('.')[0] ?? path] ??= message
  kept.set(fields, shown)
  return shown
}
