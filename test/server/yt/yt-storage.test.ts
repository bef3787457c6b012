import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach } from 'vitest'
import { openYt } from '@/server/yt/open'
import { parseYtPlace } from '@/server/yt/place'
import { storageDriverContract } from '@/test/contracts/storage-driver'
import { startYt } from '@/test/support/yt-server'

const yt = await startYt()
afterAll(() => yt.close())
beforeEach(() => {
  yt.requests.length = 0
  yt.trouble = () => undefined
})

const times = { pause: 1, stall: 500, light: 2_000, work: 2_000, connect: 1_000, lock: 5_000 }

storageDriverContract('yt', async () => {
  const root = `//home/${randomUUID()}`
  const { storage } = openYt(parseYtPlace(yt.place(root)), { token: 'service-token', times })
  const leftovers = async () =>
    yt.cypress
      .files()
      .filter((path) => path.includes(root))
      .map((path) => path.replace(`${root}/`, ''))
  return { driver: storage, leftovers }
})
