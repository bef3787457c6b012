import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { AppError } from '@/server/errors'

/** The only reader of `process.env`. Every problem is listed at once, so one restart mends them all. */

const port = (fallback: number) => z.coerce.number().int().min(0).max(65535).default(fallback)
const words = z
  .string()
  .default('')
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
const bytes = (fallback: number) => z.coerce.number().int().positive().default(fallback)
const seconds = (fallback: number) => z.coerce.number().positive().default(fallback)

const STORAGE = /^(file:.+|s3:\/\/.+|yt(\+http)?:\/\/.+)$/
const STORAGE_FORM =
  'a storage is file:<directory>, s3://bucket/prefix?endpoint=…&region=…, or yt://proxy//path (yt+http:// without TLS)'
/** A label of a host name. */
const CLUSTER_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/** One word of ENTREPOT_CLUSTERS. */
function clusterOf(word: string): { name: string; storage: string | undefined } {
  const [, name = word, storage] = /^([^=]*)=(.*)$/s.exec(word) ?? []
  return { name, storage }
}

const cidr = (text: string) => {
  const [address = '', length] = text.split('/')
  const family = isIP(address)
  if (family === 0) return false
  return length === undefined || (/^\d+$/.test(length) && Number(length) <= (family === 4 ? 32 : 128))
}

export const envSchema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('production'),
  ENTREPOT_DATA: z
    .string()
    .default('./data')
    .transform((path) => resolve(path)),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// URL' }).optional(),
  ENTREPOT_STORAGE: z.string().regex(STORAGE, STORAGE_FORM).optional(),
  ENTREPOT_HOST: z.string().default('127.0.0.1'),
  ENTREPOT_WEB_PORT: port(3000),
  ENTREPOT_GATEWAY_PORT: port(8080),
  ENTREPOT_PROXY_PORT: port(3128),
  ENTREPOT_DMOVE_PORT: port(8088),
  ENTREPOT_MIRRORS_PORT: port(5000),
  ENTREPOT_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  ENTREPOT_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  ENTREPOT_ADMIN_EMAIL: z.email().default('admin@example.org'),
  ENTREPOT_ADMIN_PASSWORD: z.string().min(10, 'must have at least 10 characters').optional(),
  ENTREPOT_ADMIN_TOKEN: z
    .string()
    .regex(/^ent_[A-Za-z0-9_-]{20,}$/, 'must look like ent_… with at least 20 characters after it')
    .optional(),
  ENTREPOT_UPSTREAM_ALLOW: words.refine((list) => list.every(cidr), 'must be a list of CIDRs'),
  ENTREPOT_UPSTREAM_PROXY: z.url({ protocol: /^https?$/ }).optional(),
  ENTREPOT_UPSTREAM_CA: z.string().optional(),
  /** `name`, whose contents lie in ENTREPOT_STORAGE below `clusters/<name>`, or `name=<storage>`. */
  ENTREPOT_CLUSTERS: words
    .transform((list) => list.map((word) => clusterOf(word)))
    .refine(
      (list) => list.every(({ name }) => CLUSTER_NAME.test(name)),
      'a name has lower-case letters, digits and hyphens',
    )
    .refine(
      (list) => list.every(({ storage }) => storage === undefined || STORAGE.test(storage)),
      STORAGE_FORM,
    )
    .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'a name is there twice'),
  /** The cluster of hosts that name none; `default`, in ENTREPOT_STORAGE itself, unless told. */
  ENTREPOT_DEFAULT_CLUSTER: z.string().regex(CLUSTER_NAME).default('default'),
  /** Of the user under whom contents are stored in YTsaurus. */
  ENTREPOT_YT_TOKEN: z.string().optional(),
  ENTREPOT_DMOVE_UPSTREAM: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  /** Whoever asks from there may move packages without a token. */
  ENTREPOT_DMOVE_NETWORKS: words.refine((list) => list.every(cidr), 'must be a list of CIDRs'),
  ENTREPOT_TRUSTED_PROXIES: words.refine((list) => list.every(cidr), 'must be a list of CIDRs'),
  ENTREPOT_PROXY_AUTH: z.enum(['off', 'optional', 'required']).default('optional'),
  ENTREPOT_FETCH_MAX_BYTES: bytes(64 * 1024 ** 3),
  ENTREPOT_FETCH_STALL_SECONDS: seconds(60),
  ENTREPOT_FETCH_TOTAL_SECONDS: seconds(6 * 3600),
  ENTREPOT_FETCH_ATTEMPTS: z.coerce.number().int().min(1).max(50).default(8),
  ENTREPOT_FETCH_RETRY_SECONDS: seconds(15),
  ENTREPOT_FETCH_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(8),
  ENTREPOT_FETCH_PER_HOST: z.coerce.number().int().min(1).max(64).default(4),
  ENTREPOT_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  ENTREPOT_OIDC_ISSUER: z.url().optional(),
  ENTREPOT_OIDC_CLIENT_ID: z.string().optional(),
  ENTREPOT_OIDC_CLIENT_SECRET: z.string().optional(),
  ENTREPOT_OIDC_NAME: z.string().default('Single sign-on'),
  /** Of the command `entrepot` alone: the installation it talks to, and as whom. */
  ENTREPOT_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).optional(),
  ENTREPOT_TOKEN: z.string().optional(),
})

export type Env = z.infer<typeof envSchema>

/**
 * Parses an environment; empty strings count as unset (compose files write them).
 * @throws AppError `invalid` naming every variable that is wrong, one a line.
 */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''))
  const parsed = envSchema.safeParse(present)
  const lines = (parsed.error?.issues ?? []).map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  // Single sign-on that is half set up would silently not be offered.
  const oidc = ['ENTREPOT_OIDC_ISSUER', 'ENTREPOT_OIDC_CLIENT_ID', 'ENTREPOT_OIDC_CLIENT_SECRET']
  const missing = oidc.filter((name) => present[name] === undefined)
  if (missing.length < oidc.length)
    lines.push(...missing.map((name) => `  ${name}: must be given with the others`))
  if (parsed.success && lines.length === 0) return parsed.data
  throw new AppError('invalid', `The environment is not usable:\n${lines.join('\n')}`)
}

let cached: Env | undefined

/** The environment of this process, parsed once. */
export function env(): Env {
  cached ??= parseEnv(process.env)
  return cached
}

/**
 * The variables of this process, to hand on to a child; `extra` wins. Unless the operator says otherwise, glibc is to keep
 * one heap instead of one for each thread: large uploads would leave a part of their buffers in each (70 MiB less at 32).
 */
export function childEnvironment(extra: Record<string, string>): Record<string, string> {
  return { MALLOC_ARENA_MAX: '1', ...(process.env as Record<string, string>), ...extra }
}

/** next-auth 4 believes the host it is handed only while this is set; server/auth/session.ts hands it one it has chosen. */
export function letSessionsNameTheHost(): void {
  process.env.AUTH_TRUST_HOST ??= 'true'
}

/** Where people and clients reach the portal. */
export function publicUrl(settings: Env): string {
  return (
    settings.ENTREPOT_PUBLIC_URL ?? `http://${urlHost(settings.ENTREPOT_HOST)}:${settings.ENTREPOT_WEB_PORT}`
  )
}

/** `host:port` that clients set as their proxy. */
export function proxyAddress(settings: Env): string {
  return `${clientHost(settings)}:${settings.ENTREPOT_PROXY_PORT}`
}

/** Where release tools ask for moves: `POST` to this URL. */
export function dmoveUrl(settings: Env): string {
  return `http://${clientHost(settings)}:${settings.ENTREPOT_DMOVE_PORT}/dmove`
}

function clientHost(settings: Env): string {
  if (settings.ENTREPOT_PUBLIC_URL !== undefined) return new URL(settings.ENTREPOT_PUBLIC_URL).hostname
  return urlHost(settings.ENTREPOT_HOST)
}

/**
 * `host[:port]` that images are pushed to and pulled from: the public address, behind which `/v2/` is as well, or else the
 * gateway itself. `isPlain`: without TLS.
 */
export function registryAddress(settings: Env): { host: string; isPlain: boolean } {
  if (settings.ENTREPOT_PUBLIC_URL === undefined) {
    return { host: `${urlHost(settings.ENTREPOT_HOST)}:${settings.ENTREPOT_GATEWAY_PORT}`, isPlain: true }
  }
  const { host, protocol } = new URL(settings.ENTREPOT_PUBLIC_URL)
  return { host, isPlain: protocol === 'http:' }
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
