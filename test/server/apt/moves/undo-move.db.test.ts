import { describe, expect, it } from 'vitest'
import { movePackages } from '@/server/apt/moves/move-packages'
import { removePackages } from '@/server/apt/moves/remove-packages'
import type { MoveInput } from '@/server/apt/moves/schema'
import { undoMove } from '@/server/apt/moves/undo-move'
import { listSnapshots } from '@/server/apt/snapshots/list-snapshots'
import { rollBack } from '@/server/apt/snapshots/roll-back'
import { build, createShelf, type Shelf } from '@/test/support/apt-moves'
import { openTestContext } from '@/test/support/context'
import { createActor } from '@/test/support/people'

const ctx = await openTestContext()
const member = await createActor(ctx, 'member')
const maintainer = await createActor(ctx, 'maintainer')
const HELLO = ['hello 1.0 amd64', 'hello 1.0 arm64', 'hello 1.0 source', 'hello-data 1.0 all']
let shelves = 0
const newShelf = () => createShelf(ctx, `undo${++shelves}`, ['unstable', 'testing', 'stable'])

async function move(shelf: Shelf, version: string, rest: Partial<MoveInput> = {}): Promise<string> {
  const packages = [{ package: 'hello', version }]
  const asked = { repository: shelf.name, packages, from: 'unstable', to: 'testing', ...rest }
  return (await movePackages(ctx, member, asked)).move?.id ?? ''
}

const undo = (id: string, actor = member) => undoMove(ctx, actor, { id })

describe('an undo', () => {
  it('brings everything back to where it was, and can be undone', async () => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...build('hello 1.0'))
    const id = await move(shelf, '1.0')
    const undone = await undo(id)
    expect(undone).toMatchObject({
      kind: 'undo',
      undoesId: id,
      fromBranch: 'testing',
      toBranch: 'unstable',
      packages: 4,
    })
    expect([await shelf.has('unstable'), await shelf.has('testing')]).toEqual([HELLO, []])
    const again = await undo(undone.id)
    expect(again).toMatchObject({ undoesId: undone.id, toBranch: 'testing' })
    expect([await shelf.has('unstable'), await shelf.has('testing')]).toEqual([[], HELLO])
    const publication = await ctx.db.aptPublication.findFirstOrThrow({ orderBy: { id: 'desc' } })
    expect(publication).toMatchObject({ cause: 'undo', causeId: again.id })
  })

  it('brings back what made room, and takes a copy away', async () => {
    const shelf = await newShelf()
    await shelf.set('testing', { keepVersions: 1 })
    await shelf.add('unstable', ...build('hello 1.0'), ...build('hello 2.0'))
    await move(shelf, '1.0')
    const id = await move(shelf, '2.0', { copy: true })
    expect((await shelf.has('testing'))[0]).toBe('hello 2.0 amd64')
    const undone = await undo(id)
    expect(undone.sources).toEqual([{ source: 'hello', version: '2.0' }])
    expect(await shelf.has('testing')).toEqual(HELLO)
    expect(await shelf.has('unstable')).toHaveLength(4)
  })

  it('brings back what was removed', async () => {
    const shelf = await newShelf()
    await shelf.add('stable', ...build('hello 1.0'))
    const packages = [{ package: 'hello', version: '1.0' }]
    const removal = { repo: shelf.name, branch: 'stable', packages, reason: 'by mistake' }
    const { id } = await removePackages(ctx, member, removal)
    expect(await shelf.has('stable')).toEqual([])
    expect((await undo(id)).sources).toEqual([{ source: 'hello', version: '1.0' }])
    expect(await shelf.has('stable')).toEqual(HELLO)
  })

  it('is done once, however many ask at a time', async () => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...build('hello 1.0'))
    const id = await move(shelf, '1.0')
    const settled = await Promise.allSettled(Array.from({ length: 5 }, () => undo(id)))
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(undo(id)).rejects.toThrow(/^A member undid this already, at /)
  })

  it('is refused when something changed since, and says what', async () => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...build('hello 1.0'))
    const id = await move(shelf, '1.0')
    await move(shelf, '1.0', { from: 'testing', to: 'stable' })
    const message = /hello 1\.0 \(amd64\) is not in testing any more, hello 1\.0 \(arm64\) is not in testing/
    await expect(undo(id)).rejects.toThrow(message)
    expect(await shelf.has('stable')).toEqual(HELLO)
    await move(shelf, '1.0', { from: 'stable', to: 'testing', copy: true })
    await move(shelf, '1.0', { from: 'stable', to: 'unstable' })
    await expect(undo(id)).rejects.toThrow('hello 1.0 (amd64) is in unstable again')
  })

  it('out of a branch that takes approved moves is anybody’s, and into it an approver’s', async () => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...build('hello 1.0'))
    const id = await move(shelf, '1.0')
    await shelf.set('testing', { approvalRequired: true })
    const undone = await undo(id)
    await expect(undo(undone.id)).rejects.toMatchObject({ code: 'forbidden' })
    expect(await shelf.has('testing')).toEqual([])
    expect((await undo(undone.id, maintainer)).kind).toBe('undo')
    expect(await shelf.has('testing')).toEqual(HELLO)
  })

  it('of a roll-back is for those who may roll back, and so is the undo of that', async () => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...build('hello 1.0'))
    await shelf.add('unstable', ...build('hello 2.0'))
    const { items } = await listSnapshots(ctx, member, { repo: shelf.name, branch: 'unstable', limit: 2 })
    const back = { repo: shelf.name, branch: 'unstable', snapshot: items[1]?.id ?? '', reason: 'broken' }
    const { moveId } = await rollBack(ctx, maintainer, back, {})
    expect(await shelf.has('unstable')).toEqual(HELLO)
    await expect(undo(moveId ?? '')).rejects.toMatchObject({ code: 'forbidden' })
    const undone = await undo(moveId ?? '', maintainer)
    expect(await shelf.has('unstable')).toHaveLength(8)
    expect(undone).toMatchObject({ packages: 4, sources: [{ source: 'hello', version: '2.0' }] })
    const entry = await ctx.db.auditEntry.findFirst({ where: { subjectId: undone.id } })
    expect(entry).toMatchObject({ action: 'apt.undo', subjectName: `${shelf.name}: hello 2.0` })
    await expect(undo(undone.id)).rejects.toMatchObject({ code: 'forbidden' })
    expect(await undo(undone.id, maintainer)).toMatchObject({ packages: 4 })
    expect(await shelf.has('unstable')).toEqual(HELLO)
  })

  it('can be rehearsed', async () => {
    const shelf = await newShelf()
    await shelf.add('unstable', ...build('hello 1.0'))
    const id = await move(shelf, '1.0')
    expect((await undoMove(ctx, member, { id, dryRun: true })).packages).toBe(4)
    expect(await shelf.has('testing')).toEqual(HELLO)
    expect((await undo(id)).kind).toBe('undo')
  })

  it('of nothing is not found', async () => {
    await expect(undo('01890000-0000-7000-8000-000000000000')).rejects.toMatchObject({ code: 'not_found' })
  })
})
