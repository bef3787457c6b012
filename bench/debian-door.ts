import { gunzipSync } from 'node:zlib'
import type { CorpusPackage } from '@/bench/debian-corpus'
import type { Installation } from '@/bench/entrepot'
import { startImport } from '@/server/apt/import/start-import'
import { createRepository } from '@/server/apt/repositories/create-repository'
import { system } from '@/server/auth/permissions'
import { hashToken, newTokenSecret, tokenPrefix } from '@/server/auth/token-secret'

const POLL_MS = 5

/** A branch as clients know it. */
interface Branch {
  repository: string
  branch: string
}

/** What the benchmark does with the Debian repositories of an installation. */
export interface DebianDoor {
  addRepository(name: string, branches: string[]): Promise<void>
  /** Until the branch names all packages of the directory. @returns milliseconds. */
  import(into: Branch & { directory: string }): Promise<number>
  /** From the request until both branches are new to clients. @returns milliseconds. */
  move(repository: string, one: CorpusPackage, from: string, to: string): Promise<number>
  /** Forgets all indexes of a repository. */
  forgetIndexes(repository: string): Promise<void>
  /** Where clients find the compressed index of a branch, by its hash. */
  indexTarget(branch: Branch): Promise<string>
}

export async function openDebianDoor({ ctx, ports }: Installation): Promise<DebianDoor> {
  const base = `http://127.0.0.1:${ports.gateway}`
  const secret = newTokenSecret()
  const user = await ctx.db.user.create({
    data: { email: 'debian@example.org', name: 'Debian', role: 'administrator' },
  })
  await ctx.db.apiToken.create({
    data: {
      ...{ name: 'debian', prefix: tokenPrefix(secret), hash: hashToken(secret), userId: user.id },
      scopes: ['read', 'push', 'move'],
    },
  })

  const read = async (target: string) => {
    const answer = await fetch(`${base}${target}`)
    const body = Buffer.from(await answer.arrayBuffer())
    // A branch that was never published has no files.
    if (answer.status === 404) return Buffer.alloc(0)
    if (!answer.ok) throw new Error(`${target}: ${answer.status} ${body.toString('utf8')}`)
    return body
  }
  const inRelease = async ({ repository, branch }: Branch) =>
    (await read(`/apt/${repository}/dists/${branch}/InRelease`)).toString('utf8')
  const indexTarget = async (branch: Branch) => indexOf(branch, await inRelease(branch))
  const has = async (branch: Branch, { name, version }: CorpusPackage) => {
    const index = gunzipSync(await read(await indexTarget(branch))).toString('utf8')
    return new RegExp(
      `^Package: ${name.replaceAll('+', '\\+')}\\n(?:.+\\n)*?Version: ${version}\\n`,
      'm',
    ).test(index)
  }

  return {
    indexTarget,
    async addRepository(name, branches) {
      const named = branches.map((branch) => ({ name: branch }))
      await createRepository(ctx, system, {
        ...{ name, components: ['main'], architectures: ['amd64'], branches: named },
      })
    },
    async import({ repository, branch, directory }) {
      const started = performance.now()
      const input = { directory, branch, sources: true, reason: 'To be measured.' }
      const { id } = await startImport(ctx, system, { repo: repository, ...input })
      for (;;) {
        const { state } = await ctx.db.task.findUniqueOrThrow({ where: { id }, select: { state: true } })
        if (state === 'succeeded') break
        if (state === 'failed' || state === 'cancelled')
          throw new Error(`The import of ${directory} ${state}.`)
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      }
      await inRelease({ repository, branch })
      return performance.now() - started
    },
    async move(repository, one, from, to) {
      const [left, entered] = [from, to].map((branch) => ({ repository, branch })) as [Branch, Branch]
      const before = await Promise.all([left, entered].map(inRelease))
      const started = performance.now()
      const answer = await fetch(`${base}/dmove`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
        body: JSON.stringify({ repo: repository, package: one.name, version: one.version, from, to }),
      })
      const said = await answer.text()
      const after = await Promise.all([left, entered].map(inRelease))
      const took = performance.now() - started
      if (!answer.ok || after.some((text, index) => text === before[index])) {
        throw new Error(`${one.name} was not moved: ${answer.status} ${said}`)
      }
      if ((await has(left, one)) || !(await has(entered, one)))
        throw new Error(`${one.name} is in the wrong branch.`)
      return took
    },
    async forgetIndexes(repository) {
      const { id } = await ctx.db.aptRepository.findUniqueOrThrow({ where: { name: repository } })
      await ctx.db.$transaction([
        ctx.db.aptBranch.updateMany({ where: { repositoryId: id }, data: { publicationId: null } }),
        ctx.db.aptPublication.deleteMany({ where: { branch: { repositoryId: id } } }),
        ctx.db.aptIndexContent.deleteMany({ where: { repositoryId: id } }),
        ctx.db.aptList.deleteMany({ where: { repositoryId: id } }),
        ctx.db.aptRun.deleteMany({ where: { repositoryId: id } }),
      ])
    },
  }
}

function indexOf({ repository, branch }: Branch, release: string): string {
  const [, hash] = /^ ([0-9a-f]{64}) +\d+ main\/binary-amd64\/Packages\.gz$/m.exec(release) ?? []
  if (hash === undefined) throw new Error(`The Release of ${branch} names no Packages.gz.`)
  return `/apt/${repository}/dists/${branch}/main/binary-amd64/by-hash/SHA256/${hash}`
}
