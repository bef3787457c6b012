import { describePrograms } from '@/test/clients/registry-programs'
import { containerClients } from '@/test/support/container-clients'
import { administrator, startPortal } from '@/test/support/portal'

/* The same programs at a whole installation: at the portal's port and at the gateway's, with a person's e-mail and password. */

const portal = await startPortal()

for (const [door, url] of [
  ['portal', portal.url],
  ['gateway', portal.gateway],
] as const) {
  const { host } = new URL(url)
  const clients = await containerClients([host])
  const place = { host, clients, user: administrator.email, password: administrator.password }
  describePrograms(`at the ${door} of an installation`, () => place)
}
