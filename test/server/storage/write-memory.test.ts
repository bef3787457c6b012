import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { startS3 } from '@/test/support/s3'
import { startYt } from '@/test/support/yt-server'

// The storages are in this process, the writers in another one, whose memory is measured.
const data = await mkdtemp(join(tmpdir(), 'entrepot-memory-'))
const s3 = await startS3()
const yt = await startYt()
afterAll(async () => {
  await s3.close()
  await yt.close()
  await rm(data, { recursive: true })
})

it.each([
  ['filesystem', () => `file:${join(data, 'storage')}`],
  ['s3', () => s3.place('memory')],
  ['yt', () => yt.place('//home/memory')],
])(
  '%s takes 32 bodies of 32 MiB at once in a process below 256 MiB',
  async (name, place) => {
    const script = ['--import', 'tsx', 'test/support/write-many-child.ts', place(), '32', '32']
    const env = { ...process.env, ENTREPOT_DATA: data, ENTREPOT_YT_TOKEN: 'service-token' }
    const started = performance.now()
    const { stdout } = await promisify(execFile)(process.execPath, script, { env })
    const { bytes, peakMebibytes } = JSON.parse(stdout) as { bytes: number; peakMebibytes: number }
    const seconds = (performance.now() - started) / 1000
    console.log(`${name}: 1 GiB in ${seconds.toFixed(1)} s, peak ${peakMebibytes.toFixed(0)} MiB`)
    expect(bytes).toBe(1024 ** 3)
    expect(peakMebibytes).toBeLessThan(256)
  },
  300_000,
)
