/** OCI distribution-spec 1.1, “Pulling manifests”. The specification leaves the length open; 255 is what clients bear. */
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const MAX_NAME = 255
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/

/** Whether the text names a repository: `sys/admin/images/ubuntu`. */
export function isRepositoryName(text: string): boolean {
  return text.length <= MAX_NAME && NAME.test(text)
}

/** Whether the text is a tag. */
export function isTag(text: string): boolean {
  return TAG.test(text)
}
