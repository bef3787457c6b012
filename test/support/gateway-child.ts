import { openGateway } from '@/server/gateway/listener'
import { metrics } from '@/server/http/metrics'
import { openRuntime } from '@/server/runtime'

/** A gateway on a port of its own, which it writes; for tests that kill it. */
const { ctx, notices } = await openRuntime()
const gateway = await openGateway({ ctx, notices, metrics: metrics() }, { host: '127.0.0.1', port: 0 })
process.stdout.write(`${gateway.port}\n`)
