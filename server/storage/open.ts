import { join } from 'node:path'
import type { Env } from '@/server/env'
import { AppError } from '@/server/errors'
import type { ClusterDocuments } from '@/server/storage/cluster-documents'
import type { ClusterUsers } from '@/server/storage/cluster-users'
import type { StorageDriver } from '@/server/storage/driver'
import { openFilesystem } from '@/server/storage/filesystem'
import { guarded } from '@/server/storage/guarded'
import { openS3 } from '@/server/storage/s3'
import { parseS3Place } from '@/server/storage/s3-place'
import { openYt } from '@/server/yt/open'
import { parseYtPlace } from '@/server/yt/place'

interface OpenedStorage {
  storage: StorageDriver
  /** Present when the storage itself is to decide what its users may. */
  users?: ClusterUsers
  /** Present when the storage keeps documents beside the images, for others than us. */
  documents?: ClusterDocuments
}

/** The storage that `ENTREPOT_STORAGE` names; without it, `storage/` in the data directory. */
export async function openStorage(env: Env): Promise<StorageDriver> {
  const place = env.ENTREPOT_STORAGE ?? `file:${join(env.ENTREPOT_DATA, 'storage')}`
  return (await openStorageAt(place, env)).storage
}

/**
 * The storage at a place. Nothing is asked for over a network yet: a storage that is away for a moment stops no start.
 * @param place `file:<directory>`, `s3://bucket/prefix?endpoint=…&region=…`, `yt://proxy//path?auth=user`.
 * @throws AppError `invalid` with what to write instead.
 */
export async function openStorageAt(place: string, env: Env): Promise<OpenedStorage> {
  const directory = directoryOf(place)
  if (directory !== undefined) return { storage: guarded(await openFilesystem(directory)) }
  if (place.startsWith('s3:')) {
    const spoolDirectory = join(env.ENTREPOT_DATA, 'spool')
    return { storage: guarded(await openS3(parseS3Place(place), { spoolDirectory })) }
  }
  if (/^yt(\+http)?:/.test(place)) {
    const { storage, ...more } = openYt(parseYtPlace(place), { token: env.ENTREPOT_YT_TOKEN })
    return { storage: guarded(storage), ...more }
  }
  throw new AppError(
    'invalid',
    'Write a storage as file:<directory>, s3://bucket/prefix?endpoint=…&region=…, or yt://proxy//path.',
  )
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
