import type { Setting } from '@/components/settings/Configuration'
import { formatCount, formatDuration, formatSize } from '@/components/ui/format'
import packageFile from '@/package.json'
import { type Actor, refusal } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { dmoveUrl, type Env, proxyAddress, publicUrl, registryAddress } from '@/server/env'

interface Group {
  title: string
  settings: Setting[]
}

/** What this installation runs with, as far as the person may know it. Nothing here is a secret. */
export function effectiveSettings({ env }: Context, actor: Actor): Group[] {
  const everyone = [
    { title: 'Addresses', settings: addresses(env) },
    { title: 'Limits', settings: limits(env) },
  ]
  const operates = refusal(actor, 'authority.manage') === undefined
  return [...everyone, ...(operates ? [{ title: 'Operation', settings: operation(env) }] : []), versions()]
}

function addresses(env: Env): Setting[] {
  const proxyAuth = {
    off: 'anybody, without credentials',
    optional: 'anybody; a token names the team',
    required: 'only with a token',
  }
  return [
    { term: 'Portal', value: publicUrl(env), variable: 'ENTREPOT_PUBLIC_URL' },
    { term: 'Proxy', value: `http://${proxyAddress(env)}`, variable: 'ENTREPOT_PROXY_PORT' },
    {
      term: 'Who may use the proxy',
      value: proxyAuth[env.ENTREPOT_PROXY_AUTH],
      variable: 'ENTREPOT_PROXY_AUTH',
    },
    { term: 'Gateway port', value: String(env.ENTREPOT_GATEWAY_PORT), variable: 'ENTREPOT_GATEWAY_PORT' },
    { term: 'Moves of packages', value: dmoveUrl(env), variable: 'ENTREPOT_DMOVE_PORT' },
    { term: 'Registry', value: registryAddress(env).host, variable: 'ENTREPOT_PUBLIC_URL' },
    {
      term: 'Clusters of the registry',
      value: clusterNames(env),
      variable: 'ENTREPOT_CLUSTERS, ENTREPOT_DEFAULT_CLUSTER',
    },
    {
      term: 'Single sign-on',
      value: env.ENTREPOT_OIDC_ISSUER ?? 'off',
      variable: 'ENTREPOT_OIDC_ISSUER',
    },
  ]
}

/** The default first. */
function clusterNames({ ENTREPOT_CLUSTERS: clusters, ENTREPOT_DEFAULT_CLUSTER: standard }: Env): string {
  const others = clusters.map(({ name }) => name).filter((name) => name !== standard)
  return [standard, ...others].join(', ')
}

function limits(env: Env): Setting[] {
  return [
    {
      term: 'Largest file',
      value: formatSize(env.ENTREPOT_FETCH_MAX_BYTES),
      variable: 'ENTREPOT_FETCH_MAX_BYTES',
    },
    {
      term: 'A fetch may take',
      value: formatDuration(env.ENTREPOT_FETCH_TOTAL_SECONDS),
      variable: 'ENTREPOT_FETCH_TOTAL_SECONDS',
    },
    {
      term: 'and may stand still for',
      value: formatDuration(env.ENTREPOT_FETCH_STALL_SECONDS),
      variable: 'ENTREPOT_FETCH_STALL_SECONDS',
    },
    {
      term: 'Attempts',
      value: formatCount(env.ENTREPOT_FETCH_ATTEMPTS),
      variable: 'ENTREPOT_FETCH_ATTEMPTS',
    },
    {
      term: 'Fetches at once',
      value: `${env.ENTREPOT_FETCH_CONCURRENCY}, of one host ${env.ENTREPOT_FETCH_PER_HOST}`,
      variable: 'ENTREPOT_FETCH_CONCURRENCY, ENTREPOT_FETCH_PER_HOST',
    },
  ]
}

function operation(env: Env): Setting[] {
  const { ENTREPOT_UPSTREAM_ALLOW: allowed, ENTREPOT_TRUSTED_PROXIES: trusted } = env
  return [
    { term: 'Storage', value: storagePlace(env), variable: 'ENTREPOT_STORAGE' },
    { term: 'Data directory', value: env.ENTREPOT_DATA, variable: 'ENTREPOT_DATA' },
    {
      term: 'Private networks it may fetch from',
      value: allowed.join(', ') || 'none',
      variable: 'ENTREPOT_UPSTREAM_ALLOW',
    },
    {
      term: 'Fetches through',
      value: env.ENTREPOT_UPSTREAM_PROXY ? new URL(env.ENTREPOT_UPSTREAM_PROXY).host : 'no other proxy',
      variable: 'ENTREPOT_UPSTREAM_PROXY',
    },
    {
      term: 'Believes the address from',
      value: trusted.join(', ') || 'nobody: the connection counts',
      variable: 'ENTREPOT_TRUSTED_PROXIES',
    },
    { term: 'Log level', value: env.ENTREPOT_LOG_LEVEL, variable: 'ENTREPOT_LOG_LEVEL' },
  ]
}

/** Without the query, which may hold a key. */
function storagePlace({ ENTREPOT_STORAGE: storage }: Env): string {
  return storage === undefined
    ? 'in the data directory'
    : storage.replace(/\?.*$/, '').replace(/\/\/[^/@]*@/, '//')
}

function versions(): Group {
  return {
    title: 'Versions',
    settings: [
      { term: 'Entrepôt', value: packageFile.version },
      { term: 'Node.js', value: process.versions.node },
    ],
  }
}
