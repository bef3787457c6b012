/** The layers of an image, by tag: `{ "22.04": ["//…/data"] }`; of an index one list per platform instead. */
export type HintDocument = Record<string, string[] | Record<string, string[]>>

/**
 * A cluster that keeps documents of its own beside the images: for the image `sys/admin/images/ubuntu` the node
 * `//sys/admin/images/ubuntu/_tags` (origin 001).
 *
 * @param name of a repository.
 * @param token of the user to act as; without it, the storage's own.
 * @throws AppError `forbidden`, `unauthenticated`, `storage_full`, `unavailable`.
 */
export interface ClusterDocuments {
  /** Makes the document when it is absent. */
  setTag(name: string, tag: string, value: HintDocument[string], token?: string): Promise<void>
  /** Idempotent. */
  removeTag(name: string, tag: string, token?: string): Promise<void>
  /** The whole document at once; undefined removes it. */
  replace(name: string, document: HintDocument | undefined, token?: string): Promise<void>
}
