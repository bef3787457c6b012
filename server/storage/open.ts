import { join } from 'node:path'
import type { Env } from '@/server/env'
import { AppError } from '@/server/errors'
import type { ClusterUsers } from '@/server/storage/cluster-users'
import type { StorageDriver } from '@/server/storage/driver'
import { openFilesystem } from '@/server/storage/filesystem'
import { guarded } from '@/server/storage/guarded'

interface OpenedStorage {
  storage: StorageDriver
  /** Present when the storage itself is to decide what its users may. */
  users?: ClusterUsers
}

/** The storage that `ENTREPOT_STORAGE` names; without it, `storage/` in the data directory. */
export async function openStorage(env: Env): Promise<StorageDriver> {
  const place = env.ENTREPOT_STORAGE ?? `file:${join(env.ENTREPOT_DATA, 'storage')}`
  return (await openStorageAt(place, env)).storage
}

/**
 * The storage at a place.
 * @param place `file:<directory>`, `s3://bucket/prefix?endpoint=…&region=…`, `yt://proxy//path?auth=user`.
 * @throws AppError `invalid` for a kind that this version does not have.
 */
export async function openStorageAt(place: string, _env: Env): Promise<OpenedStorage> {
  const directory = directoryOf(place)
  if (directory === undefined) throw new AppError('invalid', 'Only file:<directory> is supported.')
  return { storage: guarded(await openFilesystem(directory)) }
}

/** The directory of the installation's storage; undefined for other kinds. */
export function storageDirectory(env: Env): string | undefined {
  return env.ENTREPOT_STORAGE === undefined
    ? join(env.ENTREPOT_DATA, 'storage')
    : directoryOf(env.ENTREPOT_STORAGE)
}

function directoryOf(place: string): string | undefined {
  return place.startsWith('file:') ? place.slice('file:'.length) : undefined
}
