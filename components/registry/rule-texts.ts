import type { NodePermission, NodeRule } from '@/server/oci/access/schema'

/** What each permission lets people do, in the order in which they are given. */
export const permissionTexts: readonly { value: NodePermission; label: string; help: string }[] = [
  { value: 'read', label: 'Read', help: 'Pull images and look at them.' },
  { value: 'write', label: 'Write', help: 'Push images and tags, also into new nodes below.' },
  { value: 'remove', label: 'Remove', help: 'Delete tags, manifests and blobs.' },
  { value: 'administer', label: 'Administer', help: 'All of these, options and these rules.' },
]

/** Whom a rule is about. */
export function subjectOf({ subject, user, team }: Pick<NodeRule, 'subject' | 'user' | 'team'>): string {
  if (subject === 'user') return user?.name ?? 'A person who is gone'
  if (subject === 'team') return team?.name ?? 'A team that is gone'
  return subject === 'everyone' ? 'Everyone, also without a name' : 'Everyone who is signed in'
}
