import type { FoundFile, StoredFile } from '@/server/mirror/find-file'
import type { Refusal } from '@/server/proxy/refusal'

type Verdict = { kind: 'serve'; file: StoredFile } | Refused

export interface Refused {
  kind: 'refuse'
  refusal: Refusal
  /** Someone needs this URL and does not get it, which is worth recording. */
  missed: boolean
}

interface Question {
  /** In normal form. */
  uri: string
  host: string
  found: FoundFile
  now: () => Date
  /** Of the portal, without a slash at its end. */
  publicUrl: string
}

const PENDING_RETRY_S = 10
const FETCHING_RETRY_S = 5
/** When nobody knows when it will be tried again: until somebody does something. */
const FAILED_RETRY_S = 3600

/** What the proxy does with a URL, given what is known of it. It serves what is stored, and never fetches. */
export function decide(question: Question): Verdict {
  const { found } = question
  if (found.state === 'stored') return { kind: 'serve', file: found }
  if (found.state !== 'absent') {
    return { kind: 'refuse', refusal: waitingRefusal(question, found), missed: true }
  }
  return found.denied === null
    ? { kind: 'refuse', refusal: undeclaredRefusal(question), missed: true }
    : { kind: 'refuse', refusal: deniedRefusal(question, found.denied), missed: false }
}

function undeclaredRefusal({ uri, publicUrl }: Question): Refusal {
  return {
    status: 404,
    code: 'not_declared',
    reason: 'Nobody has declared this URL yet, so Entrepôt does not have it.',
    url: uri,
    link: { label: 'Declare it', url: `${publicUrl}/files/declare?url=${encodeURIComponent(uri)}` },
  }
}

function deniedRefusal({ uri, host }: Question, reason: string): Refusal {
  return {
    status: 403,
    code: 'host_denied',
    reason: `An administrator refuses the host ${host}: ${reason}`,
    url: uri,
  }
}

function waitingRefusal(
  { uri, now, publicUrl }: Question,
  file: Exclude<FoundFile, { state: 'stored' | 'absent' }>,
): Refusal {
  const nextTry = file.nextAttemptAt === null ? undefined : secondsBetween(now(), file.nextAttemptAt)
  const said = {
    pending: ['This URL is declared and waits to be fetched.', nextTry ?? PENDING_RETRY_S],
    fetching: ['This URL is declared and is being fetched now.', FETCHING_RETRY_S],
    failed: [`This URL is declared, but fetching it failed: ${file.error}`, nextTry ?? FAILED_RETRY_S],
  } as const
  const [sentence, retryAfter] = said[file.state]
  // A pending file that failed before says so: its next try may fail the same way.
  const earlier =
    file.state === 'pending' && file.error !== null ? ` The last attempt failed: ${file.error}` : ''
  return {
    status: 503,
    code: `file_${file.state}`,
    reason: sentence + earlier,
    url: uri,
    link: { label: 'See its state', url: `${publicUrl}/files/${file.id}` },
    retryAfter,
  }
}

function secondsBetween(from: Date, to: Date): number {
  return Math.max(1, (to.getTime() - from.getTime()) / 1000)
}
