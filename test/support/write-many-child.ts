import { Readable } from 'node:stream'
import { env } from '@/server/env'
import { openStorageAt } from '@/server/storage/open'

/** Writes bodies to a storage, all at once, and says how much memory that took. */
const [place = '', count = '', mebibytes = ''] = process.argv.slice(2)
const MIB = 1024 * 1024
const { storage } = await openStorageAt(place, env())

function body(): Readable {
  let left = Number(mebibytes) * MIB
  return new Readable({
    read(size) {
      const length = Math.min(size, left)
      left -= length
      this.push(length === 0 ? null : Buffer.alloc(length, 'x'))
    },
  })
}

const sizes = await Promise.all(
  Array.from({ length: Number(count) }, (_, index) => storage.write(`uploads/${index}`, body())),
)
const bytes = sizes.reduce((sum, size) => sum + size, 0)
process.stdout.write(JSON.stringify({ bytes, peakMebibytes: process.resourceUsage().maxRSS / 1024 }))
