/** What an index says of a file; hashes in lower-case hex, those that it has. */
export interface PromisedFile {
  /** From the place's root. */
  path: string
  /** In bytes; undefined where nothing is said. */
  size: number | undefined
  sha256?: string | undefined
  sha1?: string | undefined
  md5?: string | undefined
}

/** A package of another repository that is to be imported. */
export interface Candidate {
  kind: 'binary' | 'source'
  /** The package, or the .dsc. */
  file: PromisedFile
  /** Of a source: all that an index lists beside the .dsc; empty where there is no index. */
  parts: readonly PromisedFile[]
  /** Of the index that names it. */
  component: string | undefined
  /** As its index has them. */
  section?: string | undefined
  priority?: string | undefined
}
