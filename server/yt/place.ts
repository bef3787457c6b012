import { AppError } from '@/server/errors'

/** A directory of a YTsaurus cluster. */
export interface YtPlace {
  /** Origin of the cluster's HTTP proxy: `https://hume.example.net`. */
  proxy: string
  /** YPath of the directory, without a slash at its end: `//sys/admin/registry`. */
  root: string
  /** Whether the cluster decides what its users may. */
  usersDecide: boolean
}

const FORM =
  'Write yt://proxy//path, or yt+http://proxy//path without TLS; ?auth=user lets the cluster decide.'

/**
 * Reads `yt://proxy[:port]//path[?auth=user]`, with `yt+http:` for a proxy without TLS.
 * @throws AppError `invalid` with what to write instead.
 */
export function parseYtPlace(text: string): YtPlace {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^yt(\+http)?:$/.test(url.protocol) || url.hostname === '') {
    throw invalid(`“${text.slice(0, 200)}” names no cluster. ${FORM}`)
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid('A yt:// storage carries no credentials: set ENTREPOT_YT_TOKEN instead.')
  }
  const root = decodeURIComponent(url.pathname).replace(/\/+$/, '')
  if (!/^\/(\/[^/]+)+$/.test(root)) {
    throw invalid(`“${root}” is not a path in a cluster: it begins with two slashes. ${FORM}`)
  }
  for (const [name, value] of url.searchParams) {
    if (name !== 'auth' || value !== 'user')
      throw invalid(`A yt:// storage has no “${name}=${value}”. ${FORM}`)
  }
  const scheme = url.protocol === 'yt:' ? 'https' : 'http'
  const { origin: proxy } = new URL(`${scheme}://${url.host}`)
  return { proxy, root, usersDecide: url.searchParams.has('auth') }
}

function invalid(message: string): AppError {
  return new AppError('invalid', message)
}
