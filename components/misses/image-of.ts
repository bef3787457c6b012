/** The form that declares an image, for a miss that asked for a manifest of one; undefined for other URLs. */
export function imageFormOf(url: string): string | undefined {
  const [, host, repository = '', reference = ''] =
    /^https?:\/\/([^/]+)\/v2\/(.+)\/manifests\/([^/?#]+)$/.exec(url) ?? []
  if (host === undefined) return undefined
  const given = `${host}/${repository}${reference.includes(':') ? '@' : ':'}${reference}`
  return `/images/declare?reference=${encodeURIComponent(given)}`
}
