import { join } from 'node:path'
import type { Env } from '@/server/env'
import { AppError } from '@/server/errors'
import type { StorageDriver } from '@/server/storage/driver'
import { openFilesystem } from '@/server/storage/filesystem'
import { guarded } from '@/server/storage/guarded'

/**
 * The storage that `ENTREPOT_STORAGE` names; without it, `storage/` in the data directory.
 * @throws AppError `invalid` for a kind that this version does not have.
 */
export async function openStorage(env: Env): Promise<StorageDriver> {
  const place = storageDirectory(env)
  if (place === undefined)
    throw new AppError('invalid', 'ENTREPOT_STORAGE: only file:<directory> is supported.')
  return guarded(await openFilesystem(place))
}

/** The directory of a filesystem storage; undefined for other kinds. */
export function storageDirectory(env: Env): string | undefined {
  if (env.ENTREPOT_STORAGE === undefined) return join(env.ENTREPOT_DATA, 'storage')
  return env.ENTREPOT_STORAGE.startsWith('file:') ? env.ENTREPOT_STORAGE.slice('file:'.length) : undefined
}
