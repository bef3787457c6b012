import type { Answer } from '@/server/http/answer'
import { chain, type Eventually } from '@/server/http/eventually'
import { countAnswer, type Traffic } from '@/server/http/metrics'
import { ClientGone, type NodeResponse, writeAnswer } from '@/server/http/write-answer'
import type { Logger } from '@/server/logger'

interface Parts {
  traffic: Traffic
  log: Logger
}

/** Brings answers to clients, and tells those who count what arrived. */
export class Delivery {
  constructor(private readonly parts: Parts) {}

  /**
   * Writes the answer that `find` gives; where nothing has to be waited for, before this returns. Never throws: what goes
   * wrong is logged, and answered with `failure`, or ends this one response when a part of it is out already.
   */
  deliver(find: () => Eventually<Answer>, response: NodeResponse, failure: (error: unknown) => Answer): void {
    const failed = (error: unknown) => this.#fail(error, response, failure)
    try {
      const done = chain(find(), (answer) => this.#write(answer, response))
      if (done instanceof Promise) done.catch(failed)
    } catch (error) {
      failed(error)
    }
  }

  #write(answer: Answer, response: NodeResponse): Eventually<void> {
    return chain(writeAnswer(response, answer), (bytes) => {
      countAnswer(this.parts.traffic, answer.status, bytes)
      if (answer.body !== undefined) answer.sent?.(bytes)
    })
  }

  #fail(error: unknown, response: NodeResponse, failure: (error: unknown) => Answer): void {
    if (!(error instanceof ClientGone))
      this.parts.log.error({ err: error }, 'a request could not be answered')
    if (response.headersSent || response.destroyed) {
      // The client sees by the length that bytes are missing.
      response.destroy()
      return
    }
    const answer = failure(error)
    countAnswer(this.parts.traffic, answer.status, 0)
    void writeAnswer(response, answer)
  }
}
