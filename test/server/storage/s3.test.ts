import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { StorageDriver } from '@/server/storage/driver'
import { openS3 } from '@/server/storage/s3'
import { parseS3Place } from '@/server/storage/s3-place'
import { storageDriverContract } from '@/test/contracts/storage-driver'
import { startS3 } from '@/test/support/s3'

const s3 = await startS3()
const spoolDirectory = await mkdtemp(join(tmpdir(), 'entrepot-spool-'))
afterAll(async () => {
  await s3.close()
  await rm(spoolDirectory, { recursive: true })
})
beforeEach(() => {
  s3.requests.length = 0
  s3.intercept = () => false
})

const times = { pause: 1, stall: 500, answer: 2_000, work: 2_000 }

async function keysOf(driver: StorageDriver): Promise<string[]> {
  const keys: string[] = []
  for await (const key of driver.list('')) keys.push(key)
  return keys.sort()
}

storageDriverContract('s3', async () => {
  const place = parseS3Place(s3.place(randomUUID()))
  const driver = await openS3(place, { spoolDirectory, times })
  return { driver, leftovers: () => keysOf(driver) }
})
