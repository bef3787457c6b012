/** What a user does to a node. */
export type NodeRight = 'read' | 'write' | 'remove'

/** What a cluster answers about one of its users. */
export interface ClusterDecision {
  allowed: boolean
  /** The rule that decided, as a sentence for the person concerned. */
  reason: string
}

/** A cluster that has users and permissions of its own. All calls are made with the user's token. */
export interface ClusterUsers {
  /** The login that the token belongs to. @throws AppError `unauthenticated`. */
  identify(token: string): Promise<string>
  /**
   * What the user may do to the node `//<name>/_tags` (origin 001): pull needs read, and what is absent may be pulled; push
   * needs write on the nearest node that exists and `use` of its account; delete needs remove, and what is absent may be deleted.
   * @param name of a repository, `sys/admin/images/ubuntu`.
   */
  decide(token: string, login: string, right: NodeRight, name: string): Promise<ClusterDecision>
}
