import type { Actor } from '@/server/auth/permissions'

/** What a registry token lets its bearer do to one repository, or to the catalog. */
export interface Grant {
  type: 'repository' | 'registry'
  /** The repository's name; `catalog`. */
  name: string
  actions: readonly string[]
}

/** Who asks the registry. */
export interface Caller {
  actor: Actor
  /** With a registry token, what it was issued for: never more than this. With Basic, whatever the actor may. */
  grants: readonly Grant[] | 'all'
  /** Of a cluster that decides itself: who the user is there, and the token to act with. */
  clusterUser?: { login: string; token: string }
}
