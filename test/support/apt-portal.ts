import { unwrap } from '@/server/api/client'
import type { BuiltFile } from '@/test/support/debs'
import type { Portal } from '@/test/support/portal'

/** Debian repositories of a portal, filled over its API. */
export interface AptPortal {
  /** @throws when the answer is no good one. */
  ask<Answer>(method: string, path: string, json?: object): Promise<Answer>
  /** Puts packages into a branch, one after another. */
  upload(repo: string, branch: string, packages: readonly BuiltFile[]): Promise<void>
}

/** Talks to the installation with a token of its administrator; it must be running. */
export async function openAptPortal(portal: Portal): Promise<AptPortal> {
  const scopes: ['read', 'push', 'move', 'manage', 'administer'] = [
    'read',
    'push',
    'move',
    'manage',
    'administer',
  ]
  const { secret } = await unwrap(portal.api.tokens.$post({ json: { name: 'apt', scopes }, query: {} }))
  const send = async (path: string, init: RequestInit) => {
    const headers = { authorization: `Bearer ${secret}`, ...init.headers }
    const response = await fetch(`${portal.url}/api/v1${path}`, { ...init, headers })
    if (!response.ok) throw new Error(`${init.method} ${path}: ${response.status} ${await response.text()}`)
    return response
  }
  return {
    async ask(method, path, json) {
      const headers = { 'content-type': 'application/json' }
      const response = await send(path, { method, headers, body: json && JSON.stringify(json) })
      return response.json()
    },
    async upload(repo, branch, packages) {
      const headers = { 'content-type': 'application/vnd.debian.binary-package' }
      for (const { bytes } of packages) {
        const body = new Uint8Array(bytes)
        await send(`/apt/repositories/${repo}/packages?branch=${branch}`, { method: 'POST', headers, body })
      }
    },
  }
}
