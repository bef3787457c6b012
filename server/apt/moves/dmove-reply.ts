import { isJsonType } from '@/server/apt/moves/dmove-request'
import { preferredType } from '@/server/http/accept'
import { type Answer, textAnswer } from '@/server/http/answer'
import type { RequestFields } from '@/server/http/request-fields'

export interface DmoveReply {
  status: number
  /** Sentences for the person, or the log, that asked. */
  message: string
  /** What else programs may want to know. */
  facts?: Record<string, string | null>
  headers?: readonly string[]
}

/** What release tools of old look for in the answer, to know that it worked. */
const COMPLETE = 'Dmove successfully complete'
const PLAIN = 'text/plain'
const JSON_TYPE = 'application/json'

/**
 * The answer to `POST /dmove`: JSON for whoever sent JSON or prefers it, otherwise lines of text, of which the last says that it
 * worked, if it did.
 */
export function dmoveAnswer(
  { status, message, facts = {}, headers = [] }: DmoveReply,
  { accept, contentType }: Pick<RequestFields, 'accept' | 'contentType'>,
): Answer {
  const success = status === 200
  const offers = isJsonType(contentType) ? ([JSON_TYPE, PLAIN] as const) : ([PLAIN, JSON_TYPE] as const)
  if (preferredType(accept, offers) === JSON_TYPE) {
    const text = `${JSON.stringify({ success, msg: message, ...facts })}\n`
    return textAnswer({ status, text, type: JSON_TYPE, headers })
  }
  const text = success ? `${message}\n${COMPLETE}\n` : `${message}\n`
  return textAnswer({ status, text, headers })
}
