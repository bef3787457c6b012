const TYPES: Record<string, string> = {
  asc: 'text/plain; charset=utf-8',
  buildinfo: 'text/plain; charset=utf-8',
  bz2: 'application/x-bzip2',
  changes: 'text/plain; charset=utf-8',
  css: 'text/css; charset=utf-8',
  ddeb: 'application/vnd.debian.binary-package',
  deb: 'application/vnd.debian.binary-package',
  dsc: 'text/plain; charset=utf-8',
  gpg: 'application/pgp-keys',
  gz: 'application/gzip',
  htm: 'text/html; charset=utf-8',
  html: 'text/html; charset=utf-8',
  iso: 'application/x-iso9660-image',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  log: 'text/plain; charset=utf-8',
  md: 'text/plain; charset=utf-8',
  md5: 'text/plain; charset=utf-8',
  pdf: 'application/pdf',
  png: 'image/png',
  rpm: 'application/x-rpm',
  sha256: 'text/plain; charset=utf-8',
  svg: 'image/svg+xml',
  tar: 'application/x-tar',
  tgz: 'application/gzip',
  txt: 'text/plain; charset=utf-8',
  udeb: 'application/vnd.debian.binary-package',
  xml: 'application/xml',
  xz: 'application/x-xz',
  zip: 'application/zip',
  zst: 'application/zstd',
}

/** Names without an extension that are texts in every repository. */
const TEXTS =
  /^(Contents-[\w-]+|InRelease|MD5SUMS|Packages|README|Release|SHA256SUMS|Sources|Translation-[\w-]+)$/

/** The media type of a file by its name. */
export function contentTypeOf(name: string): string {
  if (TEXTS.test(name)) return 'text/plain; charset=utf-8'
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  return Object.hasOwn(TYPES, extension) ? (TYPES[extension] as string) : 'application/octet-stream'
}
