import { field, retryAfterSeconds, type UpstreamHeaders } from '@/server/mirror/upstream-response'

/** Larger numbers are no spans but moments: seconds since 1970. */
const MOMENT = 1_000_000_000

/**
 * The seconds after which a registry wants to be asked again; undefined when it does not say. Beside Retry-After (RFC 9110
 * §10.2.3) registries use `X-RateLimit-Reset` and `RateLimit-Reset`, and Docker Hub writes moments into either; or it says
 * nothing but how many requests it allows in which window, `100;w=21600`, which slides: then a part of that is waited.
 * @param now to count a moment from.
 */
export function retryAfterOf(headers: UpstreamHeaders, now: Date): number | undefined {
  const given = [
    retryAfterSeconds(headers, now) ?? number(field(headers, 'retry-after')),
    number(field(headers, 'x-ratelimit-reset')),
    number(field(headers, 'ratelimit-reset')),
  ].filter((seconds) => seconds !== undefined)
  const [first] = given
  if (first === undefined) return shareOfWindow(field(headers, 'ratelimit-limit'))
  return first < MOMENT ? first : Math.max(0, Math.ceil(first - now.getTime() / 1000))
}

function number(text: string | null): number | undefined {
  const digits = /^(\d{1,12})(?:;|$)/.exec(text ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function shareOfWindow(limit: string | null): number | undefined {
  const seconds = /^\d+;w=(\d{1,7})$/.exec(limit ?? '')?.[1]
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) / 12)
}
