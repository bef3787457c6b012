import type { Action } from '@/server/auth/permissions'

/** What a route lets through; add `json` where the sample made from the OpenAPI document would not pass validation. */
export interface RouteAccess {
  action: Action
  json?: unknown
}

const openRule = { subject: 'everyone', permissions: ['read'], effect: 'allow' }

/** Routes that anybody may ask for, signed in or not. */
export const publicRoutes: readonly string[] = ['GET /openapi.json']

/**
 * Every route of the admin API and the action it needs. The contract fails for a route that is missing here, for one
 * here that does not exist, and for one that lets someone through whom permissions.ts would not.
 */
export const routeAccess: Record<string, RouteAccess> = {
  'GET /overview': { action: 'overview.read' },

  'GET /files': { action: 'file.read' },
  'POST /files': { action: 'file.declare' },
  'POST /files/batch': { action: 'file.declare' },
  'POST /files/upload': { action: 'file.upload' },
  'POST /files/bulk': { action: 'file.retry' },
  'GET /files/facets': { action: 'file.read' },
  'GET /files.csv': { action: 'file.read' },
  'GET /files/{id}': { action: 'file.read' },
  'GET /files/{id}/downloads': { action: 'file.read' },
  'POST /files/{id}/retry': { action: 'file.retry' },
  'PUT /files/{id}/content': { action: 'file.upload' },

  'GET /images': { action: 'image.read' },
  'POST /images': { action: 'image.declare' },
  'POST /images/batch': { action: 'image.declare' },
  'POST /images/resolve': { action: 'image.declare' },
  'GET /images/facets': { action: 'image.read' },
  'GET /images/{id}': { action: 'image.read' },
  'GET /images/{id}/downloads': { action: 'image.read' },
  'POST /images/{id}/retry': { action: 'image.retry' },
  'POST /images/{id}/platforms': { action: 'image.declare', json: { platforms: ['linux/amd64'] } },
  'GET /images/registries': { action: 'upstreamRegistry.read' },
  'PUT /images/registries/{registry}': { action: 'upstreamRegistry.manage' },
  'DELETE /images/registries/{registry}': { action: 'upstreamRegistry.manage' },

  'GET /uses': { action: 'file.read' },
  'GET /uses/{id}': { action: 'file.read' },
  'PATCH /uses/{id}': { action: 'use.change' },
  'POST /uses/{id}/retire': { action: 'use.change' },

  'GET /misses': { action: 'miss.read' },
  'POST /misses/dismiss': { action: 'miss.decide' },
  'GET /misses/{id}': { action: 'miss.read' },
  'POST /misses/{id}/declare': { action: 'miss.decide' },
  'POST /misses/{id}/reopen': { action: 'miss.decide' },

  'GET /hosts': { action: 'host.read' },
  'POST /hosts': { action: 'host.rule' },
  'DELETE /hosts/{host}': { action: 'host.rule' },

  'GET /me': { action: 'me.read' },
  'POST /me/password': { action: 'me.read' },

  'GET /teams': { action: 'team.read' },
  'POST /teams': { action: 'team.manage' },
  'GET /teams/{id}': { action: 'team.read' },
  'PATCH /teams/{id}': { action: 'team.manage' },
  'DELETE /teams/{id}': { action: 'team.manage' },
  'GET /teams/{id}/members': { action: 'team.read' },
  'POST /teams/{id}/members': { action: 'team.manage' },
  'DELETE /teams/{id}/members/{userId}': { action: 'team.manage' },

  'GET /users': { action: 'user.read' },
  'POST /users': { action: 'user.manage' },
  'GET /users/{id}': { action: 'user.read' },
  'PATCH /users/{id}': { action: 'user.manage' },

  'GET /tokens': { action: 'token.read' },
  'POST /tokens': { action: 'token.create', json: { name: 'ci', scopes: ['read'] } },
  'DELETE /tokens/{id}': { action: 'token.revoke' },

  'GET /audit': { action: 'audit.read' },
  'GET /audit.ndjson': { action: 'audit.read' },

  'GET /tasks': { action: 'task.read' },
  'GET /tasks/{id}': { action: 'task.read' },
  'POST /tasks/{id}/cancel': { action: 'task.cancel' },
  'GET /tasks/{id}/events': { action: 'task.read' },

  'GET /authority': { action: 'authority.read' },
  'POST /authority/rotate': { action: 'authority.manage' },
  'POST /authority/import': { action: 'authority.manage' },
  'POST /authority/{id}/retire': { action: 'authority.manage' },

  'GET /registry/clusters': { action: 'registry.pull' },
  'GET /registry/{cluster}/nodes': { action: 'registry.pull' },
  'GET /registry/{cluster}/repositories': { action: 'registry.pull' },
  'GET /registry/{cluster}/repository': { action: 'registry.pull' },
  'PATCH /registry/{cluster}/repository': { action: 'registry.administer' },
  'GET /registry/{cluster}/tags': { action: 'registry.pull' },
  'GET /registry/{cluster}/manifests': { action: 'registry.pull' },
  'GET /registry/{cluster}/manifest': { action: 'registry.pull' },
  'GET /registry/{cluster}/uploads': { action: 'registry.pull' },
  'DELETE /registry/{cluster}/repository': { action: 'registry.remove' },
  'DELETE /registry/{cluster}/tags': { action: 'registry.remove' },
  'DELETE /registry/{cluster}/manifest': { action: 'registry.remove' },

  'GET /registry/{cluster}/hints/{name}': { action: 'registry.pull' },
  'POST /registry/{cluster}/hints/{name}': { action: 'registry.push' },

  'GET /registry/{cluster}/rules': { action: 'registry.pull' },
  'POST /registry/{cluster}/rules': { action: 'registry.administer', json: openRule },
  'PUT /registry/{cluster}/rules': { action: 'registry.administer', json: { rules: [openRule] } },
  'PUT /registry/{cluster}/rules/{id}': { action: 'registry.administer', json: openRule },
  'DELETE /registry/{cluster}/rules/{id}': { action: 'registry.administer' },
  'POST /registry/{cluster}/check-permission': {
    action: 'registry.pull',
    json: { path: 'sys/admin', permission: 'write' },
  },

  'POST /apt/moves': {
    action: 'apt.move',
    json: {
      repository: 'tools',
      packages: [{ package: 'hello', version: '1.0' }],
      from: 'unstable',
      to: 'testing',
    },
  },
  'GET /apt/moves': { action: 'apt.read' },
  'GET /apt/moves/{id}': { action: 'apt.read' },
  'POST /apt/moves/{id}/undo': { action: 'apt.move' },
  'POST /apt/repositories/{repo}/removals': {
    action: 'apt.move',
    json: { packages: [{ package: 'hello', version: '1.0' }], branch: 'stable', reason: 'For tests.' },
  },
  'GET /apt/requests': { action: 'apt.read' },
  'POST /apt/requests/{id}/approve': { action: 'apt.approve' },
  'POST /apt/requests/{id}/decline': { action: 'apt.approve' },
  'POST /apt/requests/{id}/withdraw': { action: 'apt.move' },

  'GET /archives': { action: 'archive.read' },
  'POST /archives': {
    action: 'archive.manage',
    json: { name: 'old', kind: 'storage', location: 'archives/old' },
  },
  'PATCH /archives/{name}': { action: 'archive.manage' },
  'DELETE /archives/{name}': { action: 'archive.manage' },
  'GET /archives/{name}/uses': { action: 'archive.read' },

  'GET /workloads': { action: 'workload.read' },
  'POST /workloads': {
    action: 'workload.manage',
    json: {
      name: 'ci',
      issuer: 'https://ci.example.org',
      audience: 'entrepot',
      keys: { keys: [{ kty: 'RSA' }] },
      claims: { sub: 'project:*' },
      scopes: ['push'],
      team: 'platform',
    },
  },
  'GET /workloads/{id}': { action: 'workload.read' },
  'PATCH /workloads/{id}': { action: 'workload.manage' },
  'DELETE /workloads/{id}': { action: 'workload.manage' },

  'GET /apt/repositories': { action: 'apt.read' },
  'POST /apt/repositories': {
    action: 'apt.manage',
    json: { name: 'made', components: ['main'], architectures: ['amd64'], branches: ['unstable'] },
  },
  'GET /apt/repositories/{repo}': { action: 'apt.read' },
  'PATCH /apt/repositories/{repo}': { action: 'apt.manage' },
  'PATCH /apt/repositories/{repo}/branches/{branch}': { action: 'apt.manage' },
  'GET /apt/repositories/{repo}/keys': { action: 'apt.read' },
  'POST /apt/repositories/{repo}/keys': { action: 'apt.manage', json: { origin: 'generated' } },
  'POST /apt/repositories/{repo}/keys/{id}/retire': { action: 'apt.manage' },
  'GET /apt/repositories/{repo}/uploaders': { action: 'apt.read' },
  'POST /apt/repositories/{repo}/uploaders': { action: 'apt.manage', json: { publicKey: 'x' } },
  'DELETE /apt/repositories/{repo}/uploaders/{id}': { action: 'apt.manage' },
  'GET /apt/repositories/{repo}/snapshots': { action: 'apt.read' },
  'GET /apt/repositories/{repo}/branches/{branch}/diff': { action: 'apt.read' },
  'POST /apt/repositories/{repo}/branches/{branch}/roll-back': { action: 'apt.approve' },
  'GET /apt/repositories/{repo}/board': { action: 'apt.read' },
  'GET /apt/repositories/{repo}/sources': { action: 'apt.read' },
  'GET /apt/repositories/{repo}/sources/{source}': { action: 'apt.read' },
  'GET /apt/repositories/{repo}/packages/{id}': { action: 'apt.read' },
  'GET /search': { action: 'apt.read' },
  'POST /apt/repositories/{repo}/packages': { action: 'apt.upload' },
  'GET /apt/repositories/{repo}/uploads': { action: 'apt.read' },
  'GET /apt/repositories/{repo}/uploads/{id}': { action: 'apt.read' },
  'POST /apt/repositories/{repo}/imports': {
    action: 'apt.import',
    json: { url: 'https://archive.example.org/debian', branch: 'unstable', reason: 'For tests.' },
  },
}
