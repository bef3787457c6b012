import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

/*
 * Private keys of authorities: files that only the owner of the process can read, beside the data, never in the
 * database. Whoever can read one can pose as any site to every client that trusts the authority.
 */

type Place = Pick<Context, 'env'>

/** The file that holds the key of an authority. */
export function authorityKeyPath(ctx: Place, id: string): string {
  return join(directory(ctx), `${id}.key`)
}

/** Writes a key, durably, as a new file with mode 0600. @throws when there is one already. */
export async function writeAuthorityKey(ctx: Place, id: string, privateKeyPem: string): Promise<void> {
  await mkdir(directory(ctx), { recursive: true, mode: 0o700 })
  const file = await open(authorityKeyPath(ctx, id), 'wx', 0o600)
  try {
    await file.writeFile(privateKeyPem)
    await file.sync()
  } finally {
    await file.close()
  }
  const folder = await open(directory(ctx), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** The key in PEM. @throws AppError `unavailable` when it is not on this machine. */
export async function readAuthorityKey(ctx: Place, id: string): Promise<string> {
  const path = authorityKeyPath(ctx, id)
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const message = `The private key of the certificate authority cannot be read from ${path}.`
    throw new AppError('unavailable', message, { cause })
  }
}

/** Removes the key of an authority that never came to be. */
export async function removeAuthorityKey(ctx: Place, id: string): Promise<void> {
  await rm(authorityKeyPath(ctx, id), { force: true })
}

function directory(ctx: Place): string {
  return join(ctx.env.ENTREPOT_DATA, 'authority')
}
