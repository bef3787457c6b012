import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient } from '@/server/api/client'
import { type Env, env, publicUrl } from '@/server/env'
import { AppError } from '@/server/errors'
import { type Running, readRunning } from '@/server/start/running'

/** The clone that this command was built in: the bundle lies in `.build`. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')

export interface Connection {
  url: string
  token: string | undefined
  settings: Env
  /** Of the installation on this machine, if it runs from this clone or from `ENTREPOT_DATA`. */
  local: Running | undefined
}

/**
 * Where the installation is, and as whom to ask: `--url` or ENTREPOT_URL, else the one that runs here; ENTREPOT_TOKEN.
 */
export async function connect(options: { url?: string }): Promise<Connection> {
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'))
  const settings = env()
  const local = await readRunning(settings.ENTREPOT_DATA).then(
    (note) => note ?? readRunning(join(root, 'data')),
  )
  const url = options.url ?? settings.ENTREPOT_URL ?? local?.portal ?? publicUrl(settings)
  return { url: url.replace(/\/+$/, ''), token: settings.ENTREPOT_TOKEN, settings, local }
}

/**
 * The typed client of the API.
 * @throws AppError `unauthenticated` without a token.
 */
export function apiClient({ url, token }: Connection) {
  if (token === undefined) {
    throw new AppError(
      'unauthenticated',
      `Set ENTREPOT_TOKEN to an API token. The first start prints one; others are made under ${url}/tokens.`,
    )
  }
  return createClient({ baseUrl: url, token })
}
export type Client = ReturnType<typeof apiClient>
