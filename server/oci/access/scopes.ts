import type { Grant } from '@/server/oci/access/caller'
import { isRepositoryName } from '@/server/oci/name'

/** Repositories that one token may be asked for: a build pulls from some, a push mounts from some. */
export const MAX_SCOPES = 50
/** Characters of all their names: a token is sent in a header of 16 KiB. */
const MAX_NAMES = 4096

/** `type(class):name:action,action`; a name may have colons of its own. */
const SCOPE = /^([a-z]+)(?:\([a-z0-9]+\))?:(.+):([a-z*]+(?:,[a-z*]+)*)$/

/**
 * What a client asks a token for (distribution's token specification): scopes of several parameters, or of one with spaces
 * between, those of the same thing together. Types that are not known here, and names that are none, are left out, as
 * there is nothing to grant.
 * @returns undefined when they are more than `MAX_SCOPES`, or too long for a token.
 */
export function readScopes(texts: readonly string[]): Grant[] | undefined {
  const words = texts.flatMap((text) => text.split(/\s+/)).filter(Boolean)
  if (words.length > MAX_SCOPES) return undefined
  const grants = new Map<string, Grant>()
  for (const word of words) {
    const [, type, name = '', actions = ''] = SCOPE.exec(word) ?? []
    const isKnown =
      (type === 'repository' && isRepositoryName(name)) || (type === 'registry' && name === 'catalog')
    if (!isKnown) continue
    const key = `${type}:${name}`
    const before = grants.get(key)?.actions ?? []
    grants.set(key, { type, name, actions: [...new Set([...before, ...actions.split(',')])] })
  }
  const wanted = [...grants.values()]
  return wanted.reduce((sum, { name }) => sum + name.length, 0) > MAX_NAMES ? undefined : wanted
}

/** As `readScopes` reads it. */
export function writeScopes(grants: readonly Grant[]): string {
  return grants.map(({ type, name, actions }) => `${type}:${name}:${actions.join(',')}`).join(' ')
}
