import { join } from 'node:path'
import type { Context } from '@/server/context'
import { offeredCertificates } from '@/server/proxy/authority-store'
import { writeDurably } from '@/server/start/durable-file'

/**
 * Writes what clients have to trust to `<data>/ca.crt` (PEM), for whoever sets up a client on this machine.
 * @returns the file.
 */
export async function writeCaFile(ctx: Context): Promise<string> {
  const path = join(ctx.env.ENTREPOT_DATA, 'ca.crt')
  await writeDurably(path, (await offeredCertificates(ctx)).join(''), 0o644)
  return path
}
