import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { directoryPlace } from '@/server/apt/import/directory-place'
import { findCandidates } from '@/server/apt/import/find-candidates'
import type { ImportPlace } from '@/server/apt/import/import-place'
import { directoryOf } from '@/test/server/apt/import/other-repository'

it('does not wait for the other end of a pipe that is called like a package', async () => {
  const directory = await directoryOf({ 'good.deb': 'x' })
  execFileSync('mkfifo', [join(directory, 'pipe.deb')])
  const place = directoryPlace(directory)
  expect(await place.read('pipe.deb', 100)).toBeUndefined()
  expect(await place.open('pipe.deb')).toBeUndefined()
  expect(await place.read('good.deb', 100)).toEqual(Buffer.from('x'))
})

it('takes no longer for a directory of a million slashes than for any other', async () => {
  const file = `\n ${'a'.repeat(64)} 1 x_1.0.dsc`
  const sources = `Package: x\nDirectory: a${'/'.repeat(1_000_000)}x\nFiles:\n ${'a'.repeat(32)} 1 x_1.0.dsc\nChecksums-Sha256:${file}\n`
  const place: ImportPlace = {
    ...{ name: 'hostile', width: 1, open: async () => undefined },
    read: async (path) => (path === 'Sources' ? Buffer.from(sources) : undefined),
  }
  const warnings: string[] = []
  const found = await findCandidates({
    ...{ place, wanted: { sources: true }, architectures: ['amd64'], now: new Date() },
    warn: (message) => warnings.push(message),
  })
  expect([found, warnings]).toEqual([[], [expect.stringContaining('names a path that it may not')]])
})

it('reads a large index piece by piece, and names the line that is wrong', async () => {
  const stanza = (index: number, more = '') =>
    Buffer.from(
      `Package: x${index}\nFilename: pool/x${index}.deb\nSize: 1\nSHA256: ${'a'.repeat(64)}\nTag: ${'é'.repeat(200)}\n${more}\n`,
    )
  const indexed = async (packages: Buffer) => {
    const place: ImportPlace = {
      ...{ name: 'large', width: 1, open: async () => undefined },
      read: async (path) => (path === 'Packages' ? packages : undefined),
    }
    const wanted = { sources: false }
    return findCandidates({ place, wanted, architectures: ['amd64'], now: new Date(), warn: () => undefined })
  }
  const many = Array.from({ length: 6000 }, (_, index) => stanza(index))
  const latin1 = Buffer.from(
    'Package: old\nFilename: pool/old.deb\nSize: 1\nMaintainer: Jos\xe9\n\n',
    'latin1',
  )
  const found = await indexed(Buffer.concat([...many, latin1, stanza(6000)]))
  expect(found).toHaveLength(6002)
  expect(found[5999]?.file).toEqual({ path: 'pool/x5999.deb', size: 1, sha256: 'a'.repeat(64) })
  await expect(indexed(Buffer.concat([...many, stanza(6000, 'wrong\n')]))).rejects.toThrow(
    'Line 36006 is neither a field',
  )
})
