import { basic, type RegistryCall, type RegistryClient, registryClient } from '@/test/support/registry-client'

interface Credentials {
  user: string
  password: string
}

/**
 * A client that begins without anything, answers a challenge with what it asks for (RFC 6750; the registry's token
 * service), and sends the request again. A token is kept for each repository and each of reading, writing and deleting.
 */
export function signingIn(
  base: string,
  { user, password }: Credentials,
  { remember = true }: { remember?: boolean } = {},
): RegistryClient {
  const kept = new Map<string, string>()
  const call = async (method: string, path: string, options?: RegistryCall) => {
    const key = keyOf(method, new URL(path, base).pathname)
    const first = await registryClient(base, kept.get(key)).call(method, path, options)
    if (first.status !== 401) return first
    const authorization = await answerTo(first.header('www-authenticate'), base, { user, password })
    if (remember) kept.set(key, authorization)
    return registryClient(base, authorization).call(method, path, options)
  }
  const by = (method: string) => (path: string, options?: RegistryCall) => call(method, path, options)
  return {
    ...{ base, authorization: undefined, call, get: by('GET'), head: by('HEAD'), put: by('PUT') },
    ...{ post: by('POST'), patch: by('PATCH'), delete: by('DELETE') },
  }
}

function keyOf(method: string, path: string): string {
  const [, repository = ''] = /^\/v2\/(.+?)\/(?:blobs|manifests|tags|referrers)\//.exec(path) ?? []
  if (repository === '' && path !== '/v2/') throw new Error(`${path} is not a path of a repository.`)
  const right = { GET: 'pull', HEAD: 'pull', DELETE: 'delete' }[method] ?? 'push'
  return `${repository} ${right}`
}

/** The credentials that a challenge asks for, as an Authorization field. */
async function answerTo(challenge: string, base: string, credentials: Credentials): Promise<string> {
  const own = basic(credentials.user, credentials.password)
  if (/^basic/i.test(challenge)) return own
  const fields = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  )
  const { realm = '', service = '', scope } = fields as Record<string, string>
  const query = { service, ...(scope !== undefined && { scope }) }
  const answer = await registryClient(base, own).get(realm, { query })
  if (answer.status !== 200) throw new Error(`The token service answered ${answer.status}: ${answer.body}`)
  const { token, access_token = token } = answer.json<{ token?: string; access_token?: string }>()
  return `Bearer ${access_token}`
}
