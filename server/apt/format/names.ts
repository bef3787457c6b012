/** Debian policy 5.6.1 and 5.6.7; policy sets no length, and this is far above the longest there is. */
const PACKAGE = /^[a-z0-9][a-z0-9+.-]{1,199}$/
/** `amd64`, `hurd-i386`, `all`, `source`. */
const ARCHITECTURE = /^[a-z0-9][a-z0-9-]{0,49}$/
const FILE = /^[A-Za-z0-9][A-Za-z0-9+.~_:@=,-]{0,199}$/

/** Whether the text names a package, binary or source. */
export function isPackageName(text: string): boolean {
  return PACKAGE.test(text)
}

/** Whether the text is an architecture, `all` and `source` among them. */
export function isArchitecture(text: string): boolean {
  return ARCHITECTURE.test(text)
}

/**
 * Whether a file of an upload, or of a pool, may be called so: letters, digits and `+.~_:@=,-`, none of which a shell, a
 * URL's path or a line of a control file takes for anything else; at most 200, the first a letter or digit.
 */
export function isFileName(text: string): boolean {
  return FILE.test(text)
}
