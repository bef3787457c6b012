import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { holdDirectory } from '@/server/start/hold.mjs'
import { StartProblem } from '@/server/start/start-problem'

/**
 * Makes the data directory (0700) and takes it for this process alone, until it ends, or gives it back.
 * @returns how to give it back.
 * @throws StartProblem when it cannot be used, or when Entrepôt already runs on it.
 */
export async function takeDataDirectory(path: string): Promise<() => Promise<void>> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new StartProblem(
      `The data directory ${path} cannot be used (${code}). Make it writable for this user, or set ENTREPOT_DATA to another.`,
    )
  }
  const hold = await holdDirectory(path)
  if (!hold.held) throw new StartProblem(`Entrepôt already runs on ${path} (pid ${hold.pid ?? 'unknown'}).`)
  return hold.release
}
