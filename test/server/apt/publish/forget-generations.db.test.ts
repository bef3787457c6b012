import { expect, it } from 'vitest'
import { parseRelease } from '@/server/apt/format/release'
import { forgetGenerations } from '@/server/apt/publish/forget-generations'
import { newPackage } from '@/test/support/apt-packages'
import { addToBranch, createRepositoryRows } from '@/test/support/apt-repository-rows'
import { openTestContext } from '@/test/support/context'

const ctx = await openTestContext()
const DAY_MS = 86_400_000

/** A repository that keeps three, with that many publications; the branch showed the first of them for days. */
async function filled(name: string, publications: number) {
  const repository = await createRepositoryRows(ctx, { name, contents: false, flatLayout: false })
  const { id: repositoryId } = repository
  await ctx.db.aptRepository.update({ where: { id: repositoryId }, data: { keepGenerations: 3 } })
  for (let index = 0; index < publications; index += 1) {
    await addToBranch(ctx, repository, 'unstable', [newPackage({ name: `p${index}` })])
  }
  const where = { branch: { repositoryId } }
  const [first] = await ctx.db.aptPublication.findMany({ where, orderBy: { id: 'asc' }, take: 1 })
  const moveBack = async (days: number) => {
    await ctx.db.$executeRaw`
      UPDATE apt_publications SET at = at - make_interval(days => ${days}::int)
      WHERE branch_id = ${first?.branchId}::uuid`
  }
  const at = new Date(Date.now() - 30 * DAY_MS)
  await ctx.db.aptPublication.update({ where: { id: first?.id ?? 0n }, data: { at } })
  return { repositoryId, where, first, moveBack }
}

it('what a branch showed a moment ago stays for its readers, however old it is', async () => {
  const { repositoryId, where, first, moveBack } = await filled('shown', 5)
  expect(await forgetGenerations(ctx)).toBe(0)
  await moveBack(2)
  expect(await forgetGenerations(ctx)).toBe(0)
  const digests = parseRelease(first?.release ?? '').files.map(({ sha256 = '' }) => sha256)
  const named = { repositoryId, sha256: { in: digests } }
  expect(await ctx.db.aptIndexContent.count({ where: named })).toBe(new Set(digests).size)
  await moveBack(2)
  expect(await forgetGenerations(ctx)).toBe(2)
  expect(await ctx.db.aptPublication.count({ where })).toBe(3)
})

it('the record says how many were forgotten, and one repository that cannot be keeps no other from it', async () => {
  const stuck = await filled('stuck', 4)
  const { where, moveBack, repositoryId } = await filled('willing', 4)
  for (const back of [stuck.moveBack, moveBack]) await back(10)
  // Nobody can remove what something else refers to.
  await ctx.db.$executeRawUnsafe(`CREATE TABLE holding (id bigint REFERENCES apt_publications (id))`)
  await ctx.db.$executeRaw`INSERT INTO holding VALUES (${stuck.first?.id})`
  expect(await forgetGenerations(ctx)).toBe(1)
  expect(await ctx.db.aptPublication.count({ where })).toBe(3)
  expect(await ctx.db.aptPublication.count({ where: stuck.where })).toBe(4)
  const records = await ctx.db.auditEntry.findMany({ where: { action: 'apt.forget-snapshots' } })
  expect(records.filter(({ subjectId }) => subjectId === repositoryId)).toMatchObject([
    { actorType: 'system', subjectName: 'willing', details: { snapshots: 1 } },
  ])
  expect(records.filter(({ subjectId }) => subjectId === stuck.repositoryId)).toEqual([])
})
