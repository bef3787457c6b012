import type { Scope } from '@/server/auth/schema'

interface ScopeText {
  scope: Scope
  title: string
  /** What a token with it may, as one sentence. */
  may: string
  /** An action that needs the scope; who may not do it cannot give the scope either. */
  action?: string
}

/** What a token may do, as people read it. */
export const scopes: readonly ScopeText[] = [
  { scope: 'read', title: 'Read', may: 'Look at files, images, misses, tasks and teams; pull images.' },
  {
    scope: 'declare',
    title: 'Declare',
    may: 'Declare files with their reasons, retry fetches, decide misses. For builds and scripts.',
    action: 'file.declare',
  },
  {
    scope: 'push',
    title: 'Push',
    may: 'Push and delete images, and upload Debian packages, where the rules let its owner. For pipelines.',
    action: 'registry.push',
  },
  {
    scope: 'move',
    title: 'Move',
    may: 'Move Debian packages from branch to branch. For release tools.',
    action: 'apt.move',
  },
  {
    scope: 'proxy',
    title: 'Proxy',
    may: 'Be the password at the proxy, so that downloads and misses name the team.',
  },
  {
    scope: 'manage',
    title: 'Manage',
    may: 'Make and revoke your tokens; with the role for it, block hosts and read the audit log.',
  },
  {
    scope: 'administer',
    title: 'Administer',
    may: 'Manage people, teams, all tokens and the certificate authority.',
    action: 'user.manage',
  },
]
