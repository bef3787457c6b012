import { AppError } from '@/server/errors'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses a change that rides on someone's session cookie from another site: browsers say where a request comes from,
 * in `Sec-Fetch-Site` where they can and in `Origin` with every change.
 * @param publicOrigin origin of the portal, for reverse proxies that change Host.
 * @throws AppError `forbidden`, also when the request does not say where it comes from.
 */
export function requireSameOrigin(request: Request, publicOrigin: string): void {
  if (SAFE.has(request.method)) return
  const site = request.headers.get('sec-fetch-site')
  if (site === 'same-origin') return
  const origin = request.headers.get('origin')
  if (site === null && origin !== null && isOurs(origin, request.headers.get('host'), publicOrigin)) return
  throw new AppError(
    'forbidden',
    'This change came from another site and was not made. Programs use an API token instead of the session cookie.',
  )
}

function isOurs(origin: string, host: string | null, publicOrigin: string): boolean {
  if (origin === publicOrigin) return true
  return URL.canParse(origin) && new URL(origin).host === host
}
