/** Posts a form to one of next-auth's endpoints, with the token against forged requests that it asks for. */
export async function postToAuth(path: string, fields: Record<string, string>): Promise<{ url?: string }> {
  const { csrfToken } = (await (await fetch('/api/auth/csrf')).json()) as { csrfToken: string }
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...fields, csrfToken, json: 'true' }),
  })
  return (await answer.json()) as { url?: string }
}

/** Ends the session of this browser. */
export async function signOut(): Promise<void> {
  await postToAuth('/api/auth/signout', { callbackUrl: '/sign-in' })
}
