import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from '@/server/start/durable-file'
import { StartProblem } from '@/server/start/start-problem'

const SHORTEST = 32

/**
 * The secret of an installation that was given none: made once, kept in `<data>/secret`, readable for its owner only.
 * The caller holds the data directory.
 * @throws StartProblem when the file is there but holds no secret.
 */
export async function ensureSecret(dataDirectory: string): Promise<string> {
  const path = join(dataDirectory, 'secret')
  const kept = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new StartProblem(`The secret in ${path} cannot be read (${error.code}).`)
  })
  if (kept === undefined) {
    const made = randomBytes(48).toString('base64url')
    await writeDurably(path, `${made}\n`, 0o600)
    return made
  }
  if (kept.trim().length < SHORTEST)
    throw new StartProblem(
      `${path} is damaged: it has fewer than ${SHORTEST} characters. Put it back from a backup; a new one ends all sessions.`,
    )
  return kept.trim()
}
