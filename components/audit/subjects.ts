import type { AuditEntry } from '@/server/audit/schema'

/** The page of what an entry is about; undefined where there is none. */
export function subjectHref({ subject: { type, id, name } }: AuditEntry): string | undefined {
  if (type === 'team') return `/teams/${name}`
  if (type === 'authority') return '/settings'
  if (id === null) return undefined
  if (type === 'file') return `/files/${id}`
  if (type === 'image') return `/images/${id}`
  if (type === 'task') return `/tasks/${id}`
  return type === 'user' ? `/users/${id}` : undefined
}

export const subjectTypes = [
  { value: 'file', label: 'Files' },
  { value: 'image', label: 'Images' },
  { value: 'repository', label: 'Repositories' },
  { value: 'node', label: 'Nodes' },
  { value: 'use', label: 'Uses' },
  { value: 'miss', label: 'Misses' },
  { value: 'host', label: 'Hosts' },
  { value: 'task', label: 'Tasks' },
  { value: 'team', label: 'Teams' },
  { value: 'user', label: 'Users' },
  { value: 'token', label: 'Tokens' },
  { value: 'authority', label: 'Authorities' },
]
