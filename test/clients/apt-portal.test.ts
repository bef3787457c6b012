import { describeApt } from '@/test/clients/apt-programs'
import type { AptPlace } from '@/test/support/apt-repository'
import { startPortal } from '@/test/support/portal'

/* The same at a whole installation: at the portal’s port and at the gateway’s. */

const portal = await startPortal()

for (const [door, origin] of [
  ['portal', portal.url],
  ['gateway', portal.gateway],
] as const) {
  const call: AptPlace['call'] = (path, { method, json, body, type } = {}) =>
    fetch(`${portal.url}/api/v1${path}`, {
      method: method ?? (json === undefined && body === undefined ? 'GET' : 'POST'),
      headers: {
        authorization: `Bearer ${portal.token}`,
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(type !== undefined && { 'content-type': type }),
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      ...(body !== undefined && { body: new Uint8Array(body) }),
    })
  describeApt(`at the ${door} of an installation`, () => ({ origin, token: portal.token, call }))
}
