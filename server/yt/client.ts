import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '@/server/errors'
import {
  begin,
  bodyOf,
  errorIn,
  errorOf,
  headOf,
  within,
  YtConnectionError,
  type YtTimes,
} from '@/server/yt/exchange'
import { HeavyProxies } from '@/server/yt/heavy-proxies'
import { YT, YtError } from '@/server/yt/yt-error'
import { fromYtJson, toYtJson } from '@/server/yt/yt-json'

/** What a command is about, by the names of the API (v4). */
export type YtParameters = Record<string, unknown>

interface LightCommand {
  parameters: YtParameters
  /** Of the user to act as, instead of the client's own. */
  token?: string | undefined
  /** The value that the command takes as its body, as JSON. */
  input?: unknown
  /** Changes the cluster: carries an id, by which the cluster knows a repetition. */
  changes?: boolean
}

/** How a user may use a node, or not; `absent` when there is no such node. */
export type YtPermission = 'allow' | 'deny' | 'absent'

const ANSWER_LIMIT = 64 * 1024 * 1024
const ATTEMPTS = 5

/**
 * Light commands of YTsaurus' HTTP API, version 4 (its documentation, “HTTP proxy”). Those that fail on the way are
 * repeated; those that change something carry the id of one mutation, so a repetition changes nothing twice.
 */
export class YtClient {
  readonly heavy: HeavyProxies

  /**
   * @param proxy origin of the cluster's proxy.
   * @param token of the user to act as where no other is given; without one, nobody.
   */
  constructor(
    readonly proxy: string,
    readonly token: string | undefined,
    readonly times: YtTimes,
  ) {
    const askHosts = () => this.ask('GET', '/hosts', {})
    this.heavy = new HeavyProxies(proxy, askHosts, times.hosts)
  }

  async exists(path: string, token?: string): Promise<boolean> {
    const value = await this.value('GET', 'exists', { parameters: { path }, token })
    return value === true || value === 'true'
  }

  /** @throws YtError with the code `resolve` when there is no such node. */
  async get(path: string, token?: string): Promise<unknown> {
    return this.value('GET', 'get', { parameters: { path }, token })
  }

  async set(path: string, input: unknown, token?: string): Promise<void> {
    await this.light('PUT', 'set', { parameters: { path }, input, token, changes: true })
  }

  /** Names and types of what a map node holds. */
  async list(path: string): Promise<{ name: string; type: string }[]> {
    const parameters = { path, attributes: ['type'], max_size: 1_000_000 }
    const value = await this.value('GET', 'list', { parameters })
    const { $value = value, $attributes = {} } = (value ?? {}) as Record<string, unknown>
    if (($attributes as Record<string, unknown>).incomplete) {
      throw new AppError('unavailable', `The cluster lists ${path} in part only.`)
    }
    return (Array.isArray($value) ? $value : []).map((each) => {
      const { $value: name = each, $attributes: of = {} } = (each ?? {}) as Record<string, unknown>
      return { name: String(name), type: String((of as Record<string, unknown>).type ?? '') }
    })
  }

  /** @param parameters `path` and `type`, and more as the API has it. */
  async create(parameters: YtParameters, token?: string): Promise<void> {
    await this.light('POST', 'create', { parameters, token, changes: true })
  }

  async move(from: string, to: string): Promise<void> {
    const parameters = { source_path: from, destination_path: to, recursive: true, force: true }
    await this.light('POST', 'move', { parameters, changes: true })
  }

  /** Does not mind its absence; a map node must be empty. */
  async remove(path: string, token?: string): Promise<void> {
    const parameters = { path, recursive: false, force: true }
    await this.light('POST', 'remove', { parameters, token, changes: true })
  }

  async checkPermission(
    query: { user: string; permission: string; path: string },
    token?: string,
  ): Promise<YtPermission> {
    try {
      const answer = await this.light('GET', 'check_permission', { parameters: query, token })
      const { value, action } = (answer ?? {}) as { value?: { action?: unknown }; action?: unknown }
      return (action ?? value?.action) === 'allow' ? 'allow' : 'deny'
    } catch (error) {
      if (error instanceof YtError && error.has(YT.resolve)) return 'absent'
      throw error
    }
  }

  /** The login that a token belongs to. @throws YtError with the code `authentication`. */
  async whoami(token: string): Promise<string> {
    const answer = await this.repeating((_attempt) => this.ask('GET', '/auth/whoami', headersOf(token)))
    const { login } = (answer === '' ? {} : fromYtJson(answer)) as { login?: unknown }
    if (typeof login === 'string' && login !== '') return login
    throw new YtError(YT.authentication, 'the token belongs to nobody')
  }

  /** @param title for people who look at the cluster. */
  async startTransaction(title: string): Promise<string> {
    const parameters = { timeout: this.times.transaction, attributes: { title } }
    const answer = await this.light('POST', 'start_transaction', { parameters, changes: true })
    const id = typeof answer === 'string' ? answer : (answer as { transaction_id?: unknown })?.transaction_id
    if (typeof id === 'string') return id
    throw new AppError('unavailable', 'The cluster began a transaction without an id.')
  }

  async pingTransaction(id: string): Promise<void> {
    await this.light('POST', 'ping_transaction', { parameters: { transaction_id: id } })
  }

  async commitTransaction(id: string): Promise<void> {
    await this.light('POST', 'commit_transaction', { parameters: { transaction_id: id }, changes: true })
  }

  async abortTransaction(id: string): Promise<void> {
    await this.light('POST', 'abort_transaction', { parameters: { transaction_id: id }, changes: true })
  }

  /** The parts of a request that heavy commands have as well. */
  headers(parameters: YtParameters, token: string | undefined): Record<string, string> {
    return { ...headersOf(token), 'x-yt-parameters': toYtJson(parameters) }
  }

  /** Results of version 4 are maps; of these commands, with the one key `value`. */
  private async value(method: string, command: string, given: LightCommand): Promise<unknown> {
    const answer = await this.light(method, command, given)
    return typeof answer === 'object' && answer !== null && 'value' in answer ? answer.value : answer
  }

  private async light(
    method: string,
    command: string,
    { parameters, token = this.token, input, changes }: LightCommand,
  ): Promise<unknown> {
    const mutation = changes ? mutationId() : undefined
    const body = input === undefined ? undefined : toYtJson(input)
    const text = await this.repeating((attempt) => {
      const all = { ...parameters, ...(mutation && { mutation_id: mutation, retry: attempt > 1 }) }
      const headers = { ...this.headers(all, token), ...jsonFormats }
      return this.ask(method, `/api/v4/${command}`, headers, body)
    })
    try {
      return text.trim() === '' ? undefined : fromYtJson(text)
    } catch (cause) {
      throw new AppError('unavailable', `The cluster answers ${command} with something other than JSON.`, {
        cause,
      })
    }
  }

  private async repeating(work: (attempt: number) => Promise<string>): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work(attempt)
      } catch (error) {
        const mayPass = error instanceof YtConnectionError || (error instanceof YtError && error.isTransient)
        if (attempt === ATTEMPTS || !mayPass) throw given(error)
      }
      await pause(this.times.pause * 2 ** attempt * (0.5 + Math.random()))
    }
  }

  private async ask(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<string> {
    const sized = {
      ...headers,
      ...(method !== 'GET' && { 'content-length': String(Buffer.byteLength(body ?? '')) }),
    }
    const request = begin(new URL(path, this.proxy), { method, headers: sized }, this.times)
    const exchange = async () => {
      const head = headOf(request)
      request.end(body)
      const answer = await head
      const status = answer.statusCode ?? 0
      if (status < 200 || status > 299) throw await errorOf(answer)
      const text = await bodyOf(answer, ANSWER_LIMIT)
      const error = errorIn(answer)
      if (error) throw error
      return text
    }
    const late = () => new YtConnectionError(`The cluster took longer than ${this.times.light / 1000} s.`)
    try {
      return await within(this.times.light, exchange(), late)
    } catch (error) {
      request.destroy()
      throw error
    }
  }
}

const jsonFormats = {
  accept: 'application/json',
  'x-yt-input-format': 'json',
  'x-yt-output-format': 'json',
}

/** Trouble on the way as an error that may be shown. */
export function given(error: unknown): unknown {
  return error instanceof YtConnectionError
    ? new AppError('unavailable', error.message, { cause: error })
    : error
}

function headersOf(token: string | undefined): Record<string, string> {
  return {
    'x-yt-header-format': 'json',
    'x-yt-correlation-id': mutationId(),
    ...(token !== undefined && { authorization: `OAuth ${token}` }),
  }
}

/** An identifier as clusters write them: four numbers of 32 bits in hexadecimal. */
function mutationId(): string {
  const bytes = randomBytes(16)
  return [0, 4, 8, 12].map((at) => bytes.readUInt32BE(at).toString(16)).join('-')
}
