import type { Role } from '@/server/auth/schema'

interface RoleText {
  title: string
  /** What someone of this role may, as one sentence. */
  may: string
}

/** The roles as people read them. */
export const roles: Record<Role, RoleText> = {
  viewer: {
    title: 'Viewer',
    may: 'Sees what is declared, stored and refused, and uses the proxy; changes nothing.',
  },
  member: {
    title: 'Member',
    may: 'May all that a viewer may; declares for their own teams, retries fetches and decides misses.',
  },
  maintainer: {
    title: 'Maintainer',
    may: 'May all that a member may; uploads by hand, blocks hosts, cancels any task, reads the audit log and the list of people.',
  },
  administrator: {
    title: 'Administrator',
    may: 'May all that a maintainer may; manages people, teams, all tokens and the certificate authority, and acts for every team.',
  },
}
