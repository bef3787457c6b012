import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { AppError } from '@/server/errors'
import { openRuntime, type Runtime } from '@/server/runtime'
import { prepareApart } from '@/server/start/apart'
import { endInOrder, endWith, tellReady } from '@/server/start/parent'
import { startDmove } from '@/workers/dmove'
import { startGateway } from '@/workers/gateway'
import { startJobs } from '@/workers/jobs'
import { startProxy } from '@/workers/proxy'

// V8 lets garbage grow to four times what is in use where the machine has much memory, which is not ours alone. An import of 60,000
// packages takes as long, and 170 MiB less. A V8 that does not know the flag says so and goes on.
setFlagsFromString('--heap-growing-percent=50')

interface Part {
  stop(): Promise<void>
}

/** What a worker process can do; `--roles=` chooses. */
const roles = {
  gateway: async (runtime: Runtime): Promise<Part> => {
    const { ENTREPOT_HOST: host, ENTREPOT_GATEWAY_PORT: port } = runtime.ctx.env
    const gateway = await startGateway(runtime, { host, port })
    return { stop: () => gateway.close() }
  },
  proxy: async (runtime: Runtime): Promise<Part> => {
    const { ENTREPOT_HOST: host, ENTREPOT_PROXY_PORT: port } = runtime.ctx.env
    const proxy = await startProxy(runtime, { host, port })
    return { stop: () => proxy.close() }
  },
  dmove: async (runtime: Runtime): Promise<Part> => {
    const { ENTREPOT_HOST: host, ENTREPOT_DMOVE_PORT: port } = runtime.ctx.env
    const dmove = await startDmove(runtime, { host, port })
    return { stop: () => dmove.close() }
  },
  jobs: ({ ctx, notices }: Runtime): Promise<Part> => startJobs(ctx, notices),
}
type Role = keyof typeof roles

/** @throws AppError `invalid` for a role that there is not. */
function chosenRoles(): Role[] {
  const { values } = parseArgs({ options: { roles: { type: 'string' } }, strict: true })
  const names = (values.roles ?? Object.keys(roles).join(',')).split(',').filter(Boolean)
  const unknown = names.find((name) => !(name in roles))
  if (unknown !== undefined || names.length === 0) {
    const known = Object.keys(roles).join(', ')
    throw new AppError('invalid', `--roles: “${unknown ?? ''}” is no role. There are: ${known}.`)
  }
  return names as Role[]
}

async function main(): Promise<void> {
  const chosen = chosenRoles()
  await prepareApart(process.cwd())
  const runtime = await openRuntime()
  const parts: Part[] = []
  endInOrder(async () => {
    await Promise.all(parts.map((part) => part.stop()))
    await runtime.close()
  })
  for (const role of chosen) parts.push(await roles[role](runtime))
  runtime.ctx.log.info({ roles: chosen }, 'worker is ready')
  tellReady()
}

await main().catch(endWith)
