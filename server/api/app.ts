import { aptKeysApi } from '@/server/api/apt-keys'
import { aptMovesApi } from '@/server/api/apt-moves'
import { aptPackagesApi } from '@/server/api/apt-packages'
import { aptRepositoriesApi } from '@/server/api/apt-repositories'
import { aptSearchApi } from '@/server/api/apt-search'
import { aptSnapshotsApi } from '@/server/api/apt-snapshots'
import { aptUploadsApi } from '@/server/api/apt-uploads'
import { archivesApi } from '@/server/api/archives'
import { auditApi } from '@/server/api/audit'
import { authorityApi } from '@/server/api/authority'
import { filesApi } from '@/server/api/files'
import { filesExportApi } from '@/server/api/files-export'
import { apiError, apiProblem, boundedJson, knownActor, ownContext } from '@/server/api/gate'
import { hostsApi } from '@/server/api/hosts'
import { idempotency } from '@/server/api/idempotency'
import { imagesApi } from '@/server/api/images'
import { imagesRegistriesApi } from '@/server/api/images-registries'
import { meApi } from '@/server/api/me'
import { missesApi } from '@/server/api/misses'
import { openApiDocument, registerSecurity } from '@/server/api/openapi'
import { overviewApi } from '@/server/api/overview'
import { apiArea } from '@/server/api/plumbing'
import { registryApi } from '@/server/api/registry'
import { registryAccessApi } from '@/server/api/registry-access'
import { registryHintsApi } from '@/server/api/registry-hints'
import { tasksApi } from '@/server/api/tasks'
import { teamsApi } from '@/server/api/teams'
import { tokensApi } from '@/server/api/tokens'
import { usersApi } from '@/server/api/users'
import { usesApi } from '@/server/api/uses'
import { workloadsApi } from '@/server/api/workloads'
import type { Actor } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import type { Notices } from '@/server/events'
import { statusOf } from '@/server/http/problem'

export interface ApiParts {
  ctx: Context
  notices: Notices
  /** Who sends the request: token or session. @throws AppError `unauthenticated` for credentials that are wrong. */
  identify(request: Request): Promise<Actor>
}

/** The admin API, below `/api/v1`. The same handler serves the portal, the CLI and the tests. */
export function openAdminApi({ ctx, notices, identify }: ApiParts) {
  const api = apiArea().basePath('/api/v1')
  registerSecurity(api)
  api.onError((error, c) => {
    const known = apiError(error)
    const log = c.var.ctx?.log ?? ctx.log
    if (statusOf[known.code] >= 500) log.error({ err: error, path: c.req.path }, 'request failed')
    return apiProblem(known, c.var.ctx?.requestId)
  })
  api.notFound((c) =>
    apiProblem(new AppError('not_found', `There is no ${c.req.method} ${c.req.path}.`), c.var.ctx?.requestId),
  )
  api.use(ownContext(ctx, notices))
  // Before the gate: what the API can do is no secret.
  api.get('/openapi.json', (c) => c.json(openApiDocument(api)))
  api.use(knownActor(identify), boundedJson, idempotency)
  return api
    .route('/overview', overviewApi)
    .route('/files', filesApi)
    .route('/', filesExportApi)
    .route('/images/registries', imagesRegistriesApi)
    .route('/images', imagesApi)
    .route('/uses', usesApi)
    .route('/misses', missesApi)
    .route('/hosts', hostsApi)
    .route('/me', meApi)
    .route('/teams', teamsApi)
    .route('/users', usersApi)
    .route('/tokens', tokensApi)
    .route('/', auditApi)
    .route('/tasks', tasksApi)
    .route('/authority', authorityApi)
    .route('/registry', registryApi)
    .route('/registry', registryAccessApi)
    .route('/registry', registryHintsApi)
    .route('/workloads', workloadsApi)
    .route('/apt', aptRepositoriesApi)
    .route('/apt', aptKeysApi)
    .route('/apt', aptPackagesApi)
    .route('/search', aptSearchApi)
    .route('/apt', aptSnapshotsApi)
    .route('/apt', aptUploadsApi)
    .route('/apt', aptMovesApi)
    .route('/archives', archivesApi)
}

export type AdminApi = ReturnType<typeof openAdminApi>
