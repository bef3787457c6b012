import { randomUUID } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { bad, type Check, good, reasonOf, unknown } from '@/scripts/entrepot/checks/finding'
import type { Connection } from '@/scripts/entrepot/connection'
import { bytes } from '@/scripts/entrepot/output'
import { incomingKey } from '@/server/blobs/keys'
import { openStorage, storageDirectory } from '@/server/storage/open'

const LEAST_FREE = 5 * 1024 ** 3

export const storage: Check = {
  name: 'Storage',
  async run(connection: Connection) {
    if (!connection.local) return unknown('only known where it runs (same machine, same user)')
    const settings = { ...connection.settings, ENTREPOT_DATA: connection.local.dataDirectory }
    try {
      const driver = await openStorage(settings)
      const key = incomingKey(randomUUID())
      await driver.write(key, Readable.from([Buffer.from('doctor')]))
      await driver.remove(key)
    } catch (error) {
      return bad(reasonOf(error), 'Make the storage writable for the user who runs Entrepôt.')
    }
    const directory = storageDirectory(settings)
    if (directory === undefined) return good('writable')
    const { bavail, bsize } = await statfs(directory)
    const free = bavail * bsize
    if (free < LEAST_FREE)
      return bad(`${bytes(free)} free in ${directory}`, 'Make room: fetches fail when it is full.')
    return good(`writable, ${bytes(free)} free in ${directory}`)
  },
}
