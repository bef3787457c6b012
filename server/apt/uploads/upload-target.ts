/** Where a PUT of dput or dupload goes: one file of an upload to a branch. */
export interface UploadTarget {
  repository: string
  branch: string
  /** Of the file; its grammar is not looked at yet. */
  name: string
}

const FORM = /^\/upload\/([^/]+)\/([^/]+)\/([^/]+)$/

/**
 * Reads `/upload/<repository>/<branch>/<file>`. dput sends names as they are, dupload with percent-encodings.
 * @param target path and query of the request.
 * @returns undefined for any other path, for encodings that are none, and for a NUL.
 */
export function uploadTargetOf(target: string): UploadTarget | undefined {
  const [, ...parts] = FORM.exec(target.replace(/\?.*$/s, '').replace(/\/{2,}/g, '/')) ?? []
  try {
    const [repository, branch, name] = parts.map(decodeURIComponent)
    if (repository === undefined || branch === undefined || name === undefined) return undefined
    // The database takes no NUL, not even to look for it.
    if (parts.some((part) => part.includes('%00'))) return undefined
    return { repository, branch, name }
  } catch {
    return undefined
  }
}
