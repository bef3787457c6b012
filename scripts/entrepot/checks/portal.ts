import { bad, type Check, good, reasonOf, unknown } from '@/scripts/entrepot/checks/finding'
import { apiClient } from '@/scripts/entrepot/connection'
import { unwrap } from '@/server/api/client'

const TIMEOUT_MS = 10_000
const LARGEST_SKEW_MS = 30_000

export const nodeVersion: Check = {
  name: 'Node.js',
  async run() {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
    const isNew = major > 20 || (major === 20 && minor >= 19)
    return isNew ? good(process.versions.node) : bad(process.versions.node, 'Install Node.js 20.19 or newer.')
  },
}

export const portal: Check = {
  name: 'Portal',
  async run({ url }) {
    try {
      const answer = await ask(`${url}/api/v1/openapi.json`)
      if (answer.ok) return good(url)
      return bad(`${url} answers ${answer.status}`, 'Check that ENTREPOT_URL names an Entrepôt.')
    } catch (error) {
      return bad(`${url}: ${reasonOf(error)}`, 'Start it with `npm start`, or set ENTREPOT_URL.')
    }
  },
}

export const apiToken: Check = {
  name: 'API token',
  async run(connection) {
    if (connection.token === undefined) return unknown('ENTREPOT_TOKEN is not set')
    try {
      const me = await unwrap(apiClient(connection).me.$get())
      return good(`${me.name}, ${me.role}, scopes ${me.scopes.join(', ')}`)
    } catch (error) {
      return bad(reasonOf(error), `Make a new one under ${connection.url}/tokens.`)
    }
  },
}

export const clock: Check = {
  name: 'Clock',
  async run({ url }) {
    const before = Date.now()
    const answer = await ask(`${url}/api/v1/openapi.json`).catch(() => undefined)
    const told = Date.parse(answer?.headers.get('date') ?? '')
    if (Number.isNaN(told)) return unknown('the portal does not say its time')
    // The header has whole seconds, and was written at some time during the request.
    const skew = Math.max(0, told - Date.now(), before - (told + 1000))
    if (skew <= LARGEST_SKEW_MS) return good('agrees with the portal')
    return bad(
      `${Math.round(skew / 1000)} s away from the portal's`,
      'Let both machines keep time (NTP): certificates and sessions depend on it.',
    )
  },
}

function ask(url: string): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
}
