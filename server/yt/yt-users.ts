import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { AppError } from '@/server/errors'
import type { ClusterDecision, ClusterUsers, NodeRight } from '@/server/storage/cluster-users'
import type { YtClient } from '@/server/yt/client'
import { attribute, child, parentOf, tagsNode } from '@/server/yt/ypath'
import { YT, YtError, ytFault } from '@/server/yt/yt-error'

/** A token's owner does not change; that a token was revoked shows in the decision, which is always made with it. */
const KNOWN_MS = 30_000
const KNOWN_TOKENS = 10_000

/** Who asks. */
interface User {
  token: string
  login: string
}

/** Users of a YTsaurus cluster, by their own tokens and permissions (origin 001, “ytauth”). */
export class YtUsers implements ClusterUsers {
  private readonly logins = new LRUCache<string, string>({ max: KNOWN_TOKENS, ttl: KNOWN_MS })

  constructor(private readonly client: YtClient) {}

  async identify(token: string): Promise<string> {
    const hash = createHash('sha256').update(token).digest('base64')
    const known = this.logins.get(hash)
    if (known !== undefined) return known
    const login = await explained(this.client.whoami(token))
    this.logins.set(hash, login)
    return login
  }

  async decide(token: string, login: string, right: NodeRight, name: string): Promise<ClusterDecision> {
    const user = { token, login }
    const node = name === '' ? '/' : tagsNode(name)
    try {
      return await (right === 'write' ? this.decideWrite(user, node) : this.decidePresent(user, right, node))
    } catch (error) {
      if (error instanceof YtError && error.has(YT.authorization)) {
        return deny(`The cluster does not let ${login} do this: ${error.reason}.`)
      }
      throw await explained(Promise.reject(error))
    }
  }

  private async decidePresent(user: User, right: 'read' | 'remove', node: string): Promise<ClusterDecision> {
    const found = await this.permission(user, right, node)
    if (found === 'absent') return allow(`${node} does not exist in the cluster.`)
    return found === 'allow'
      ? allow(`The cluster lets ${user.login} ${right} ${node}.`)
      : deny(`The cluster does not let ${user.login} ${right} ${node}.`)
  }

  private async decideWrite(user: User, node: string): Promise<ClusterDecision> {
    const nearest = await this.nearest(user, node)
    const where = nearest === node ? nearest : `${nearest}, the nearest node above ${node} that exists`
    if ((await this.permission(user, 'write', nearest)) !== 'allow') {
      return deny(`The cluster does not let ${user.login} write to ${where}.`)
    }
    const account = String(await this.client.get(attribute(nearest, 'account'), user.token))
    const used = await this.permission(user, 'use', child('//sys/accounts', account))
    return used === 'allow'
      ? allow(`The cluster lets ${user.login} write to ${where}, and use the account “${account}”.`)
      : deny(`The cluster does not let ${user.login} use “${account}”, the account of ${where}.`)
  }

  private async nearest({ token }: User, node: string): Promise<string> {
    for (let at: string | undefined = node; at !== undefined && at !== '/'; at = parentOf(at)) {
      if (await this.client.exists(at, token)) return at
    }
    return '/'
  }

  private permission({ token, login }: User, permission: string, path: string) {
    return this.client.checkPermission({ user: login, permission, path }, token)
  }
}

function allow(reason: string): ClusterDecision {
  return { allowed: true, reason }
}

function deny(reason: string): ClusterDecision {
  return { allowed: false, reason }
}

async function explained<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    const fault = ytFault(error)
    throw fault instanceof AppError && fault.code === 'unauthenticated'
      ? new AppError('unauthenticated', 'The cluster does not know this token: sign in with another one.', {
          cause: error,
        })
      : fault
  }
}
