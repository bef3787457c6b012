import type { Notices } from '@/server/events'
import type { Answer } from '@/server/http/answer'
import type { Incoming } from '@/server/http/incoming'

/** How long a caller, a right or a content may be taken for what it was, should no notice come. */
const KEPT_MS = 2_000
const MAX_ANSWERS = 2_000
/** Larger bodies cost more than working out their answer does. */
const MAX_BODY = 16 * 1024

interface Remembered {
  answer: Answer
  until: number
}

/**
 * Whole answers to the requests that come again and again: the same caller asks for the same manifest. It holds nothing
 * that identity, rights and contents are not remembered for by themselves, and forgets with them.
 */
export class AnswerMemo {
  readonly #answers = new Map<string, Remembered>()
  /** Raised by each notice: what was asked before one is not kept after it. */
  #generation = 0
  readonly #stopListening: (() => void)[]

  constructor(notices: Notices) {
    const topics = ['token', 'access', 'repository', 'image'] as const
    this.#stopListening = topics.map((topic) => notices.on(topic, () => this.forget()))
  }

  get generation(): number {
    return this.#generation
  }

  /** @returns undefined also for a request whose answer depends on more than who asks for what. */
  get(request: Incoming): Answer | undefined {
    if (!isPlain(request)) return undefined
    const known = this.#answers.get(keyOf(request))
    return known !== undefined && known.until > Date.now() ? known.answer : undefined
  }

  /** @param generation from before the answer was worked out. */
  keep(request: Incoming, answer: Answer, generation: number): void {
    const { status, body, sent } = answer
    const isSmall = body === undefined || (Buffer.isBuffer(body) && body.length <= MAX_BODY)
    if (status !== 200 || !isSmall || sent !== undefined || generation !== this.#generation) return
    if (!isPlain(request)) return
    if (this.#answers.size >= MAX_ANSWERS) this.#answers.clear()
    this.#answers.set(keyOf(request), { answer, until: Date.now() + KEPT_MS })
  }

  forget(): void {
    this.#generation += 1
    this.#answers.clear()
  }

  close(): void {
    for (const stop of this.#stopListening) stop()
  }
}

/** Only a GET or HEAD that no header makes into something else. */
function isPlain({ method, fields }: Incoming): boolean {
  const { range, ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince, forwardedHost, forwardedProto } =
    fields
  const special = range ?? ifMatch ?? ifNoneMatch ?? ifModifiedSince ?? ifUnmodifiedSince
  return (method === 'GET' || method === 'HEAD') && (special ?? forwardedHost ?? forwardedProto) === undefined
}

/** No part of it can contain the separator: a header and a target have no control characters. */
function keyOf({ method, target, fields }: Incoming): string {
  return `${method}\n${fields.host}\n${fields.authorization}\n${target}`
}
