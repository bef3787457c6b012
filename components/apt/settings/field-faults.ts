/** The server's faults by the field that is shown: what is said of `branches.2.name` belongs to `branches`. */
export function faultsByField(
  fields: Record<string, string> | undefined,
): Record<string, string> | undefined {
  if (fields === undefined) return undefined
  const shown: Record<string, string> = {}
  for (const [path, message] of Object.entries(fields)) shown[path.split('.')[0] ?? path] ??= message
  return shown
}
