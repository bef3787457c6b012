import { STATUS_CODES } from 'node:http'
import { AppError, type ErrorCode, toAppError } from '@/server/errors'
import { formatSeconds, formatTransfer } from '@/server/mirror/quantities'
import { retryAfterSeconds, type UpstreamHeaders } from '@/server/mirror/upstream-response'

/** Where and how far a fetch was when it failed. */
export interface Scene {
  /** The host that was asked, as people know it. */
  host: string
  stallSeconds: number
  /** Bytes received so far. */
  done: number
  total: number | null
}

/** Faults that may pass by themselves: the same fetch is worth another attempt. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'upstream_unreachable',
  'upstream_timeout',
  'rate_limited',
  'storage_full',
  'unavailable',
  'internal',
])

/** Whether another attempt makes sense after this fault. */
export function mayPass(fault: AppError): boolean {
  return passing.has(fault.code)
}

/**
 * The fault behind an error of the connection, in words for the person who declared the file.
 * An error that is not the connection's becomes what `toAppError` makes of it.
 */
export function connectionFault(error: unknown, scene: Scene): AppError {
  if (error instanceof AppError) return error
  const { host } = scene
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? ''
  const certificate = certificateFaults[code]
  const told = certificate ? refused(`The certificate of ${host} ${certificate}`) : byCode[code]?.(scene)
  const { code: kind, message } = told ?? byPattern(error, code, scene) ?? toAppError(error)
  return new AppError(kind, message, { cause: error })
}

/** The fault of an answer that is not the file; undefined for 200. */
export function statusFault(host: string, answer: { status: number; headers: UpstreamHeaders }, now: Date) {
  const { status, headers } = answer
  if (status === 200) return undefined
  const text = `${host} answered ${[status, STATUS_CODES[status]].filter(Boolean).join(' ')}`
  if (status === 429 || status === 408 || status === 425 || status >= 500) {
    const retryAfter = retryAfterSeconds(headers, now)
    const code = status === 429 ? 'rate_limited' : 'upstream_unreachable'
    return new AppError(code, `${text}.`, retryAfter === undefined ? {} : { retryAfter })
  }
  const hint = status < 300 ? ', which does not carry the whole file' : ''
  return new AppError('upstream_refused', `${text}${hint}.`)
}

interface Told {
  code: ErrorCode
  message: string
}
const refused = (message: string): Told => ({ code: 'upstream_refused', message })
const unreachable = (message: string): Told => ({ code: 'upstream_unreachable', message })
const late = (message: string): Told => ({ code: 'upstream_timeout', message })

const certificateFaults: Record<string, string> = {
  CERT_HAS_EXPIRED: 'has expired.',
  CERT_NOT_YET_VALID: 'is not valid yet.',
  CERT_REVOKED: 'has been revoked.',
  CERT_REJECTED: 'is not trusted.',
  CERT_UNTRUSTED: 'is not trusted.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is signed by itself.',
  SELF_SIGNED_CERT_IN_CHAIN: 'comes from an authority that is not trusted.',
  UNABLE_TO_GET_ISSUER_CERT: 'comes from an authority that is not known.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from an authority that is not known.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'cannot be verified: the server leaves out a certificate between it and its authority.',
  CERT_SIGNATURE_FAILURE: 'has a wrong signature.',
  CERT_CHAIN_TOO_LONG: 'has too long a chain.',
  INVALID_CA: 'comes from an authority that may not sign it.',
  INVALID_PURPOSE: 'is not made for servers.',
  PATH_LENGTH_EXCEEDED: 'comes from an authority that may not sign it.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another name.',
}

const unresolved = ({ host }: Scene) => unreachable(`The name of ${host} cannot be resolved.`)
const noRoute = ({ host }: Scene) => unreachable(`There is no route to ${host}.`)
const broken = ({ host, done, total }: Scene) =>
  unreachable(
    done === 0
      ? `${host} closed the connection without an answer.`
      : `${host} closed the connection after ${formatTransfer(done, total)}.`,
  )
const unconnected = ({ host }: Scene) => late(`${host} did not accept the connection in time.`)

const byCode: Record<string, (scene: Scene) => Told> = {
  ENOTFOUND: unresolved,
  EAI_AGAIN: unresolved,
  ENODATA: unresolved,
  ECONNREFUSED: ({ host }) => unreachable(`${host} refused the connection.`),
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  EADDRNOTAVAIL: noRoute,
  ETIMEDOUT: unconnected,
  UND_ERR_CONNECT_TIMEOUT: unconnected,
  ECONNRESET: broken,
  EPIPE: broken,
  UND_ERR_SOCKET: broken,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: broken,
  UND_ERR_HEADERS_TIMEOUT: ({ host, stallSeconds }) =>
    late(`${host} sent no answer for ${formatSeconds(stallSeconds)}.`),
  UND_ERR_BODY_TIMEOUT: ({ done, total, stallSeconds }) =>
    late(`The connection stalled for ${formatSeconds(stallSeconds)} after ${formatTransfer(done, total)}.`),
  UND_ERR_HEADERS_OVERFLOW: ({ host }) => refused(`${host} sent more header fields than an answer may have.`),
  UND_ERR_PRX_TLS: () => unreachable('The certificate of the upstream proxy is not trusted.'),
}

function byPattern(error: unknown, code: string, scene: Scene): Told | undefined {
  const { name, message } = error as Error
  if (name === 'HTTPParserError') {
    // The parser was told of the end of the connection in the middle of an answer.
    if (message.includes('EOF')) return broken(scene)
    return refused(`${scene.host} sent something that is not an HTTP answer.`)
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_'))
    return refused(`${scene.host} does not speak TLS as it should.`)
  if (message?.startsWith('Proxy response') || message?.startsWith('Proxy Authentication')) {
    return unreachable(`The upstream proxy did not let the connection to ${scene.host} through.`)
  }
  return undefined
}
