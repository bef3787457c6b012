import { postToAuth } from '@/components/sign-in/auth-endpoint'
import { signInProblem } from '@/server/auth/schema'

type SignInOutcome = { ok: true; url: string } | { ok: false; problem: string }

/**
 * Signs in with e-mail and password through next-auth's endpoints.
 * @param next where to go on, a path of this site.
 */
export async function signInWithPassword(
  given: { email: string; password: string },
  next: string,
): Promise<SignInOutcome> {
  return outcomeOf(await postToAuth('/api/auth/callback/credentials', { ...given, callbackUrl: next }), next)
}

/** Starts the single sign-on. The url is the identity provider's. */
export async function startSingleSignOn(next: string): Promise<SignInOutcome> {
  return outcomeOf(await postToAuth('/api/auth/signin/oidc', { callbackUrl: next }), next)
}

/** next-auth answers with the address to go to; a refusal is in its query. */
function outcomeOf({ url }: { url?: string }, next: string): SignInOutcome {
  const target = new URL(url ?? next, window.location.origin)
  const code = target.searchParams.get('error')
  if (code !== null) return { ok: false, problem: signInProblem(code) }
  return { ok: true, url: target.href }
}

/** A path of this site that is safe to go to; the start page for anything else. */
export function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) ? next : '/'
}
