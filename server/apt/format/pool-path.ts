/**
 * Where a file of a package lies, from the repository's root: `pool/main/h/hello/hello_1.0_amd64.deb`. Sources whose names begin
 * with `lib` are spread over four letters, as Debian's pool has them.
 * @param source name of the source package.
 */
export function poolPath({
  component,
  source,
  file,
}: {
  component: string
  source: string
  file: string
}): string {
  const prefix = source.startsWith('lib') ? source.slice(0, 4) : source.slice(0, 1)
  return `pool/${component}/${prefix}/${source}/${file}`
}

/**
 * What a package's file is called: `hello_1.0-1_amd64.deb`, `hello_1.0-1.dsc` of a source. The epoch is no part of it (policy
 * 5.6.12).
 */
export function fileNameOf({
  name,
  version,
  architecture,
  type,
}: {
  name: string
  version: string
  architecture: string
  type: 'deb' | 'udeb' | 'ddeb' | 'source'
}): string {
  const short = version.replace(/^[0-9]+:/, '')
  return type === 'source' ? `${name}_${short}.dsc` : `${name}_${short}_${architecture}.${type}`
}
