import { identifyDmoveCaller } from '@/server/apt/moves/dmove-caller'
import { type DmoveReply, dmoveAnswer } from '@/server/apt/moves/dmove-reply'
import { type DmoveRequest, readDmoveRequest } from '@/server/apt/moves/dmove-request'
import { movePackages } from '@/server/apt/moves/move-packages'
import { type MoveOutcome, moveInput } from '@/server/apt/moves/schema'
import { authorise } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { publicUrl } from '@/server/env'
import { AppError, toAppError } from '@/server/errors'
import type { Answer } from '@/server/http/answer'
import type { Incoming } from '@/server/http/incoming'
import { statusOf } from '@/server/http/problem'

const MAX_BODY = 64 * 1024

/**
 * `POST /dmove`, as release tools ask for it: one source version with all its packages from a branch to another. Fields, aliases
 * and answers are our own contract; there is no public one. It is modelled on what the public programs that spoke to dist send.
 */
export class DmoveAnswerer {
  readonly #ctx: Context

  constructor({ ctx }: { ctx: Context }) {
    this.#ctx = ctx
  }

  /** Never rejects: what goes wrong is answered in words. */
  async answer(asked: Incoming): Promise<Answer> {
    return dmoveAnswer(await this.#reply(asked), asked.fields)
  }

  async #reply(asked: Incoming): Promise<DmoveReply> {
    try {
      if (asked.method !== 'POST') throw new AppError('method_not_allowed', 'Moves are asked for with POST.')
      const actor = await identifyDmoveCaller(this.#ctx, asked)
      authorise(actor, 'apt.move')
      const { target, fields } = asked
      const body = await readBody(asked)
      const request = readDmoveRequest({ target, contentType: fields.contentType, body })
      const repository = request.repository ?? (await this.#repositoryOf(fields.host))
      const input = inputOf(request, repository)
      const outcome = await movePackages(this.#ctx, actor, input, { wait: request.wait })
      return this.#tell(outcome, input)
    } catch (error) {
      return this.#refusal(error)
    }
  }

  /** The repository that a host name means: its own, or one whose first label is the name of a repository. */
  async #repositoryOf(host: string | undefined): Promise<string> {
    const name = host?.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '') ?? ''
    const label = name.split('.')[0] ?? ''
    const found = await this.#ctx.db.aptRepository.findMany({
      where: { OR: [{ fqdn: name }, { name: label }] },
      select: { name: true, fqdn: true },
    })
    const meant = found.find(({ fqdn }) => fqdn === name) ?? found[0]
    if (meant !== undefined) return meant.name
    throw new AppError('not_found', `No repository is served as “${name.slice(0, 253)}”. Give “repo”.`)
  }

  #tell({ outcome, move, request }: MoveOutcome, { repository, from, to, packages }: MoveWords): DmoveReply {
    const [{ package: name, version } = { package: '', version: '' }] = packages
    const what = `${name} ${version}`
    if (outcome === 'waits_for_approval' && request !== null) {
      const url = `${publicUrl(this.#ctx.env)}/debian/${encodeURIComponent(repository)}?tab=moves`
      const message = `${to} of ${repository} takes approved moves only. The move of ${what} waits for approval: ${url}`
      return { status: 403, message, facts: { outcome, request: request.id, url } }
    }
    if (outcome === 'already_there') {
      return { status: 200, message: `${what} is in ${to} of ${repository} already.`, facts: { outcome } }
    }
    const message = `${what} moved from ${from} to ${to} in ${repository}.`
    return { status: 200, message, facts: { outcome, move: move?.id ?? null } }
  }

  #refusal(error: unknown): DmoveReply {
    const known = toAppError(error)
    if (known.code === 'internal') this.#ctx.log.error({ err: error }, 'a dmove could not be answered')
    const headers =
      known.code === 'unauthenticated' ? ['WWW-Authenticate', 'Basic realm="Entrepot", charset="UTF-8"'] : []
    if (known.code === 'method_not_allowed') headers.push('Allow', 'POST')
    if (known.retryAfter !== undefined) headers.push('Retry-After', String(Math.ceil(known.retryAfter)))
    return { status: statusOf[known.code], message: known.message, facts: { code: known.code }, headers }
  }
}

interface MoveWords {
  repository: string
  packages: { package: string; version: string }[]
  from: string
  to: string
  reason?: string | undefined
}

/** @throws AppError `invalid` with the first fault. */
function inputOf(request: DmoveRequest, repository: string): MoveWords {
  const { package: name, version, from, to, reason } = request
  const packages = [{ package: name, version }]
  const parsed = moveInput.safeParse({ repository, packages, from, to, reason })
  if (parsed.success) return parsed.data
  throw new AppError('invalid', parsed.error.issues[0]?.message ?? 'The request is not valid.')
}

/** A body is a handful of fields; a larger one is not read to its end. */
async function readBody({ fields, body }: Incoming): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  if (Number(fields.contentLength ?? 0) > MAX_BODY) throw tooLarge()
  for await (const chunk of body().iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function tooLarge(): AppError {
  return new AppError('too_large', `The body may have ${MAX_BODY / 1024} KiB.`)
}
