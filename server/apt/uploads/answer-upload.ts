import { findUploadBranch } from '@/server/apt/uploads/find-upload-branch'
import { findPendingFile, removePendingFile } from '@/server/apt/uploads/pending-files'
import { receiveFile } from '@/server/apt/uploads/receive-file'
import { formatReport } from '@/server/apt/uploads/report'
import { type UploadTarget, uploadTargetOf } from '@/server/apt/uploads/upload-target'
import type { Verdict } from '@/server/apt/uploads/verdict'
import { identifyToken } from '@/server/auth/identify'
import { type Actor, anonymous } from '@/server/auth/permissions'
import type { Context } from '@/server/context'
import { AppError, type ErrorCode, toAppError } from '@/server/errors'
import { type Answer, textAnswer, withoutBody } from '@/server/http/answer'
import type { Incoming } from '@/server/http/incoming'
import { statusOf } from '@/server/http/problem'

const METHODS = 'PUT, GET, HEAD, DELETE, OPTIONS'
const LONGEST_REASON = 200

/**
 * `/upload/<repository>/<branch>/<file>`, as dput and dupload use it: PUT brings a file, DELETE (dupload, after a refusal)
 * takes one back that waits, GET tells where it stands. Who asks is told from an API token, as the password of Basic. Both
 * programs show the status line and no more, so the first fault stands in it; the whole report is the body.
 */
export class UploadAnswerer {
  readonly #ctx: Context

  constructor({ ctx }: { ctx: Context }) {
    this.#ctx = ctx
  }

  /** Never rejects: what goes wrong is answered in words. */
  async answer(asked: Incoming): Promise<Answer> {
    try {
      return await this.#route(asked)
    } catch (error) {
      return this.#refusal(error)
    }
  }

  async #route(asked: Incoming): Promise<Answer> {
    const target = uploadTargetOf(asked.target)
    if (target === undefined) {
      throw new AppError('not_found', 'Files are uploaded to /upload/<repository>/<branch>/<file>.')
    }
    if (asked.method === 'OPTIONS') return { status: 204, headers: ['Allow', METHODS, 'DAV', '1'] }
    const { authorization } = asked.fields
    const actor = authorization === undefined ? anonymous : await identifyToken(this.#ctx, authorization)
    if (asked.method === 'PUT') return this.#put(actor, target, asked)
    if (asked.method === 'DELETE') return this.#remove(actor, target)
    if (asked.method === 'GET') return this.#tell(actor, target)
    if (asked.method === 'HEAD') return withoutBody(await this.#tell(actor, target))
    throw new AppError('method_not_allowed', 'Files are uploaded with PUT.')
  }

  async #put(actor: Actor, target: UploadTarget, asked: Incoming): Promise<Answer> {
    const { contentLength } = asked.fields
    const announced = contentLength === undefined ? undefined : Number(contentLength)
    const body = () => asked.body()
    const verdicts = await receiveFile(this.#ctx, actor, { ...target, announced, body })
    const settled = verdicts.filter((verdict) => verdict.state !== 'waiting')
    // What is refused is told first: these programs read no second answer.
    const verdict = settled.find(({ state }) => state === 'rejected') ?? settled[0] ?? verdicts[0]
    return verdict === undefined
      ? textAnswer({ status: 201, text: `${target.name} is stored and waits for its .changes.\n` })
      : answerOfVerdict(target, verdict)
  }

  async #remove(actor: Actor, { repository, branch, name }: UploadTarget): Promise<Answer> {
    const found = await findUploadBranch(this.#ctx, actor, { repository, branch })
    const place = { repositoryId: found.repository.id, branch, actor }
    if (await removePendingFile(this.#ctx, place, name)) {
      return textAnswer({ status: 200, text: `${name} does not wait any more.\n` })
    }
    throw new AppError('not_found', `No file ${name.slice(0, 200)} of yours waits.`)
  }

  async #tell(actor: Actor, { repository, branch, name }: UploadTarget): Promise<Answer> {
    const found = await findUploadBranch(this.#ctx, actor, { repository, branch })
    const place = { repositoryId: found.repository.id, branch, actor }
    const file = await findPendingFile(this.#ctx, place, name)
    if (file === undefined) throw new AppError('not_found', `No file ${name.slice(0, 200)} of yours waits.`)
    return textAnswer({
      status: 200,
      text: `${name} waits for the rest of its upload.\nsize: ${file.size}\nsha256: ${file.sha256}\n`,
    })
  }

  #refusal(error: unknown): Answer {
    const known = toAppError(error)
    if (known.code === 'internal') this.#ctx.log.error({ err: error }, 'an upload could not be answered')
    const challenge =
      known.code === 'unauthenticated' ? ['WWW-Authenticate', 'Basic realm="Entrepot", charset="UTF-8"'] : []
    const allow = known.code === 'method_not_allowed' ? ['Allow', METHODS] : []
    const retry = known.retryAfter === undefined ? [] : ['Retry-After', String(Math.ceil(known.retryAfter))]
    return textAnswer({
      status: statusOf[known.code],
      reason: reasonOf(known.message),
      text: `${known.message}\n`,
      headers: [...challenge, ...allow, ...retry],
    })
  }
}

function answerOfVerdict({ name }: UploadTarget, verdict: Verdict): Answer {
  if (verdict.state === 'waiting') {
    const { missing } = verdict
    const rest = missing.slice(0, 20).join(', ')
    return textAnswer({
      status: 201,
      text: `${name} is stored; its upload waits for ${missing.length === 1 ? 'one file' : `${missing.length} files`}: ${rest}\n`,
    })
  }
  const report = formatReport(verdict.report)
  if (verdict.state === 'accepted') return textAnswer({ status: 201, text: `${report}Accepted.\n` })
  return textAnswer({
    status: statusOfRejection(verdict.code),
    reason: reasonOf(verdict.summary),
    text: `${report}Rejected; nothing was published.\n`,
  })
}

function statusOfRejection(code: ErrorCode): number {
  return statusOf[code]
}

/** A sentence as it may stand in a status line (RFC 9112 §4), where dput and dupload show it. */
function reasonOf(message: string): string {
  return message
    .replace(/[“”]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/[–—]/g, '-')
    .replace(/…/g, '...')
    .replace(/[^\x20-\x7e]+/g, '?')
    .slice(0, LONGEST_REASON)
}
