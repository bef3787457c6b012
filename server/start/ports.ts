import { createServer } from 'node:net'
import { freePort } from '@/server/database/embedded'
import type { Env } from '@/server/env'
import { StartProblem } from '@/server/start/start-problem'

const variables = [
  'ENTREPOT_WEB_PORT',
  'ENTREPOT_GATEWAY_PORT',
  'ENTREPOT_PROXY_PORT',
  'ENTREPOT_DMOVE_PORT',
] as const
/** The processes of an Entrepôt that was killed just now need a moment to notice and to let go of their ports. */
const PATIENCE_MS = 4000
const POLL_MS = 100

/**
 * The settings with a real port wherever 0 asks for any free one.
 * @throws StartProblem naming each port that cannot be had, and the variable that chooses it.
 */
export async function choosePorts(settings: Env): Promise<Env> {
  const chosen = { ...settings }
  for (const variable of variables) {
    // What is free now may be given out twice: nobody listens there yet.
    while (chosen[variable] === 0) {
      const port = await freePort()
      if (variables.every((other) => chosen[other] !== port)) chosen[variable] = port
    }
  }
  const problems = [...repeated(chosen), ...(await refused(chosen))]
  if (problems.length > 0) throw new StartProblem(problems.join('\n'))
  return chosen
}

function repeated(settings: Env): string[] {
  return variables.flatMap((variable, index) => {
    const earlier = variables.slice(0, index).find((other) => settings[other] === settings[variable])
    return earlier
      ? [`${earlier} and ${variable} are both ${settings[variable]}; give each its own port.`]
      : []
  })
}

async function refused(settings: Env): Promise<string[]> {
  const host = settings.ENTREPOT_HOST
  const deadline = Date.now() + PATIENCE_MS
  const found = await Promise.all(
    variables.map(async (variable) => {
      const port = settings[variable]
      let code = await tryPort(host, port)
      while (code === 'EADDRINUSE' && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
        code = await tryPort(host, port)
      }
      return code && sentence(code, { host, port, variable })
    }),
  )
  return [...new Set(found.filter((problem) => problem !== undefined))]
}

function sentence(code: string, { host, port, variable }: { host: string; port: number; variable: string }) {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use. Stop what uses it, or set ${variable} to a free port.`
    case 'EACCES':
      return `Port ${port} may not be opened by this user. Set ${variable} to one above 1023.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `ENTREPOT_HOST: this machine has no address ${host}.`
    default:
      return `Port ${port} on ${host} (${variable}) cannot be opened: ${code}.`
  }
}

/** The system's reason why the port cannot be had; undefined when it can. */
function tryPort(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)))
  })
}
