import { readFileSync } from 'node:fs'
import { randomUUID, createHash, randomBytes } from 'node:crypto'
import { it } from 'vitest'
import { openTestContext } from '@/test/support/context'
const ctx = await openTestContext()
it('measures', async () => {
  const text = readFileSync('/tmp/z/avail', 'utf8').slice(0, 64000)
  const repo = await ctx.db.aptRepository.create({ data: { name: 'x', origin: 'x', label: 'x', components: ['main'], architectures: ['amd64'] } })
  await ctx.db.$transaction(async (tx) => {
    let t = Date.now()
    const rows = Array.from({ length: 700 }, (_, i) => ({ repositoryId: repo.id, digest: createHash('sha256').update(String(i)).digest('hex'), firstName: `a${i}`, packageIds: [1n, 2n, 3n], plainSize: 64000, gz: randomBytes(16000), zst: randomBytes(15000) }))
    await tx.aptRun.createMany({ data: rows, skipDuplicates: true })
    console.log('createMany 700', Date.now() - t)
    t = Date.now()
    const back = await tx.aptRun.findMany({ select: { id: true, gz: true } })
    console.log('findMany', back.length, Date.now() - t)
    t = Date.now()
    const raw = await tx.$queryRaw<{ id: bigint; gz: Buffer }[]>`SELECT id, gz, zst FROM apt_runs`
    console.log('queryRaw bytes', raw.length, raw[0]?.gz?.constructor.name, Date.now() - t)
    t = Date.now()
    const txt = await tx.$queryRaw<{ a: string }[]>`SELECT repeat(${text}, 1) || i AS a, array_agg(i) OVER (ORDER BY i ROWS 80 PRECEDING)::bigint[] AS ids FROM generate_series(1, 700) i`
    console.log('queryRaw text', txt.length, (txt[0] as {a:string}).a.length, Date.now() - t)
    t = Date.now()
    const rows2 = rows.map((r, i) => ({ ...r, digest: `b${i}`}))
    await tx.$executeRaw`INSERT INTO apt_runs (repository_id, digest, first_name, package_ids, plain_size, gz, zst)
      SELECT ${repo.id}::uuid, d, f, '{}', 1, decode(g, 'base64'), decode(z, 'base64') FROM unnest(${rows2.map((r) => r.digest)}::text[], ${rows2.map((r) => r.firstName)}::text[], ${rows2.map((r) => r.gz.toString('base64'))}::text[], ${rows2.map((r) => r.zst.toString('base64'))}::text[]) AS g(d,f,g,z)`
    console.log('executeRaw base64 unnest', Date.now() - t)
  }, { timeout: 60000 })
  const c = await ctx.pool.connect()
  let t = Date.now()
  const gz = Array.from({ length: 700 }, () => randomBytes(16000))
  await c.query(`INSERT INTO apt_runs (repository_id, digest, first_name, package_ids, plain_size, gz, zst) SELECT $1::uuid, d, d, '{}', 1, g, g FROM unnest($2::text[], $3::bytea[]) AS u(d,g)`, [repo.id, gz.map((_, i) => `c${i}`), gz])
  console.log('pg unnest bytea', Date.now() - t)
  c.release()
}, 120000)
