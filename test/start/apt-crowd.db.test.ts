import { expect } from 'vitest'
import { aptMachine, type Ran } from '@/test/support/apt-client'
import { expectWhole, RepositoryReader } from '@/test/support/apt-invariants'
import { openAptPlace } from '@/test/support/apt-place'
import { aptRepositoryAt, createAptRepository, sourceLine } from '@/test/support/apt-repository'
import { builtChildren } from '@/test/support/built-child'
import { openTestContext } from '@/test/support/context'
import { buildDeb } from '@/test/support/debs'
import { itWith } from '@/test/support/tools'

/* Many who move at once, at two processes, while many read. */

const MOVES = 200
const READERS = 50
const AT_ONCE = 5

const ctx = await openTestContext()
const { place } = await openAptPlace(ctx)
const children = await builtChildren(ctx, 'gateway-child.ts', 1)

itWith(
  'apt-get',
  `${READERS} machines update while ${MOVES} packages are moved`,
  async () => {
    const of = await createAptRepository(place, { name: 'crowd', branches: ['unstable', 'testing'] })
    const names = Array.from({ length: MOVES }, (_, index) => `crowd${index}`)
    await of.add('unstable', ...names.map((name) => buildDeb({ name })))
    const child = await children.next()
    const doors = [of, aptRepositoryAt({ ...place, origin: `http://127.0.0.1:${child.output}` }, of.name)]

    const moving = Promise.all(
      names.map(async (name, index) => {
        const door = doors[index % doors.length] as typeof of
        const answer = await door.dmove({ package: name, version: '1.0', from: 'unstable', to: 'testing' })
        return [answer.status, await answer.text()]
      }),
    )
    const update = async (index: number): Promise<Ran & { pkgnames: string }> => {
      const machine = await aptMachine()
      const keyFile = await machine.writeKey('crowd', await of.key())
      const door = doors[index % doors.length] as typeof of
      const lines = ['unstable main', 'testing main'].map((rest) => sourceLine(door, { keyFile, rest }))
      await machine.setSources(lines.join('\n'))
      const ran = await machine.get('update')
      return { ...ran, pkgnames: (await machine.cache('pkgnames')).stdout }
    }
    let next = 0
    const read = async () => {
      const all: Awaited<ReturnType<typeof update>>[] = []
      while (next < READERS) {
        next += 1
        all.push(await update(next))
      }
      return all
    }
    const readings = (await Promise.all(Array.from({ length: AT_ONCE }, read))).flat()
    expect(readings).toHaveLength(READERS)
    for (const { status, stderr } of readings) expect([status, stderr]).toEqual([0, ''])

    for (const [status, text] of await moving) expect([status, text]).toEqual([200, text])
    const home = await expectWhole(ctx, of, new RepositoryReader(of), ['unstable', 'testing'])
    expect([...home.values()].filter((branch) => branch === 'testing')).toHaveLength(MOVES)
    const last = await update(0)
    expect(last.pkgnames.trim().split('\n').sort()).toEqual([...names].sort())
  },
  900_000,
)
