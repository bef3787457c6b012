import { randomUUID } from 'node:crypto'

/** What a cluster answers instead of a result. */
export interface YtFault {
  code: number
  message: string
  inner_errors?: YtFault[]
}

export class YtRefusal extends Error {
  constructor(readonly fault: YtFault) {
    super(fault.message)
  }
}

/** An error whose reason is only said inside it, as clusters nest them. */
const refuse = (code: number, message: string) =>
  new YtRefusal({ code: 1, message: 'Error executing the command', inner_errors: [{ code, message }] })

interface Ace {
  action: 'allow' | 'deny'
  subjects: string[]
  permissions: string[]
}

interface YtNode {
  type: string
  account: string
  time: Date
  acl: Ace[]
  inherit: boolean
  children: Map<string, YtNode>
  content: Buffer
  value: unknown
}

interface Transaction {
  id: string
  timeout: number
  /** Milliseconds until it expires, of the time that `elapse` lets pass. */
  left: number
  /** Nodes as the transaction sees them, by path. */
  staged: Map<string, YtNode>
}

const PASSING = ['type', 'path', 'recursive', 'ignore_existing', 'force', 'attributes', 'transaction_id']

/** A tree of nodes in memory, with transactions, users, accounts and permissions, as far as the driver needs them. */
export class Cypress {
  readonly root = this.node('map_node', 'sys')
  /** Login by token. */
  readonly users = new Map<string, string>()
  /** Bytes that an account may still take. */
  readonly room = new Map<string, number>()
  readonly transactions = new Map<string, Transaction>()
  private readonly done = new Map<string, unknown>()

  constructor() {
    this.root.acl.push({
      action: 'allow',
      subjects: ['root'],
      permissions: ['read', 'write', 'remove', 'use'],
    })
    this.root.acl.push({ action: 'allow', subjects: ['everyone'], permissions: ['read'] })
    this.make('//sys/accounts')
    this.make('//tmp')
    this.addAccount('sys', [])
  }

  addUser(login: string, token: string): void {
    this.users.set(token, login)
  }

  addAccount(name: string, users: string[], bytes = Number.POSITIVE_INFINITY): void {
    this.allow(`//sys/accounts/${name}`, users, ['use'])
    this.room.set(name, bytes)
  }

  /** Makes map nodes up to the path, and gives the last one. */
  make(path: string, account?: string): YtNode {
    let at = this.root
    for (const name of steps(path)) {
      const below: YtNode = at.children.get(name) ?? this.node('map_node', at.account)
      at.children.set(name, below)
      at = below
    }
    if (account !== undefined) at.account = account
    return at
  }

  allow(path: string, subjects: string[], permissions: string[], action: 'allow' | 'deny' = 'allow'): void {
    this.make(path).acl.push({ action, subjects, permissions })
  }

  /** Paths of all files, and the drafts of transactions. */
  files(): string[] {
    const paths = [...this.transactions.values()].flatMap(({ staged }) =>
      [...staged].filter(([, { type }]) => type === 'file').map(([path]) => `draft of ${path}`),
    )
    const walk = (at: YtNode, path: string) => {
      if (at.type === 'file') paths.push(path)
      for (const [name, below] of at.children) walk(below, `${path}/${name}`)
    }
    walk(this.root, '/')
    return paths.sort()
  }

  permitted(user: string, permission: string, path: string): boolean {
    const names = steps(path)
    const rules: Ace[] = []
    for (let length = names.length; length >= 0; length -= 1) {
      const at = this.find(names.slice(0, length))
      if (at === undefined) throw refuse(500, `Node ${path} has no child`)
      rules.push(...at.acl)
      if (!at.inherit) break
    }
    const mine = rules.filter(
      ({ subjects, permissions }) =>
        permissions.includes(permission) && (subjects.includes(user) || subjects.includes('everyone')),
    )
    if (user === 'root') return true
    return mine.length > 0 && mine.every(({ action }) => action === 'allow')
  }

  /** Carries out a command; one with the id of a mutation that was done already is not done again. */
  execute(user: string, command: string, parameters: Record<string, unknown>, input?: unknown): unknown {
    const { mutation_id: mutation } = parameters
    const key = `${command} ${mutation}`
    if (mutation !== undefined && this.done.has(key)) return this.done.get(key)
    const result = this.carryOut(user, command, parameters, input)
    if (mutation !== undefined) this.done.set(key, result)
    return result
  }

  readFile(user: string, { path, offset = 0, length }: Record<string, unknown>): Buffer {
    this.demand(user, 'read', String(path))
    const found = this.find(steps(String(path)))
    if (found?.type !== 'file') throw refuse(500, `Node ${path} is no file`)
    const start = Number(offset)
    return found.content.subarray(start, length === undefined ? undefined : start + Number(length))
  }

  writeFile(user: string, { path, transaction_id: id }: Record<string, unknown>, content: Buffer): void {
    const names = steps(String(path))
    const staged = id === undefined ? undefined : this.transaction(id).staged
    const file = staged?.get(String(path)) ?? this.find(names)
    if (file?.type !== 'file') throw refuse(500, `Node ${path} is no file`)
    const room = this.room.get(file.account) ?? 0
    if (content.length > room) throw refuse(902, `Account "${file.account}" is over its disk space limit`)
    this.room.set(file.account, room - content.length)
    const written = { ...file, content, time: new Date() }
    if (staged) staged.set(String(path), written)
    else this.attach(names, written)
    void user
  }

  /** Lets time pass for transactions: those that nobody pinged in theirs expire. */
  elapse(milliseconds: number): void {
    for (const transaction of this.transactions.values()) {
      transaction.left -= milliseconds
      if (transaction.left <= 0) this.transactions.delete(transaction.id)
    }
  }

  private carryOut(user: string, command: string, given: Record<string, unknown>, input: unknown): unknown {
    const path = String(given.path ?? '/')
    switch (command) {
      case 'exists':
        return { value: this.exists(user, path) }
      case 'get':
        return { value: this.get(user, path) }
      case 'list':
        return { value: this.list(user, path, given) }
      case 'set':
        return this.set(user, path, input)
      case 'create':
        return this.create(user, path, given)
      case 'move':
        return this.move(user, String(given.source_path), String(given.destination_path), given)
      case 'remove':
        return this.remove(user, path, given)
      case 'check_permission': {
        const allowed = this.permitted(String(given.user), String(given.permission), path)
        return { action: allowed ? 'allow' : 'deny' }
      }
      case 'start_transaction':
        return { transaction_id: this.start(Number(given.timeout ?? 15_000)) }
      case 'ping_transaction':
        return this.ping(String(given.transaction_id))
      case 'commit_transaction':
        return this.commit(String(given.transaction_id))
      case 'abort_transaction':
        return this.drop(this.transaction(given.transaction_id))
      default:
        throw new YtRefusal({ code: 1, message: `Command ${command} is not known` })
    }
  }

  private exists(user: string, path: string): boolean {
    const found = this.find(steps(path))
    if (found !== undefined) this.demand(user, 'read', path)
    return found !== undefined
  }

  private get(user: string, path: string): unknown {
    const [, node = path, name] = /^(.*)\/@(.*)$/s.exec(path) ?? []
    const { at, below } = this.resolve(node === '' ? '/' : node)
    this.demand(user, 'read', node === '' ? '/' : node)
    if (name !== undefined) {
      const attributes: Record<string, unknown> = {
        type: at.type,
        account: at.account,
        modification_time: at.time.toISOString(),
        ...(at.type === 'file' && { uncompressed_data_size: at.content.length }),
      }
      if (name === '') return attributes
      if (name in attributes) return attributes[name]
      throw refuse(500, `Attribute "${name}" is not found`)
    }
    if (at.type === 'document') return below.reduce<unknown>(inside, at.value)
    return at.type === 'map_node'
      ? Object.fromEntries([...at.children.keys()].map((each) => [each, null]))
      : null
  }

  private list(user: string, path: string, { attributes = [] }: Record<string, unknown>): unknown {
    this.demand(user, 'read', path)
    const found = this.resolve(path).at
    if (found.type !== 'map_node') throw refuse(1, `"List" method is not supported by ${found.type}`)
    return [...found.children].map(([$value, { type }]) =>
      (attributes as string[]).includes('type') ? { $value, $attributes: { type } } : $value,
    )
  }

  private set(user: string, path: string, input: unknown): unknown {
    const { at, below } = this.resolve(path)
    if (at.type !== 'document') throw refuse(1, 'only documents are set here')
    this.demand(user, 'write', path)
    if (below.length === 0) at.value = input
    else {
      const holder = below.slice(0, -1).reduce<unknown>(inside, at.value) as Record<string, unknown>
      holder[below.at(-1) as string] = input
    }
    at.time = new Date()
    return {}
  }

  private create(user: string, path: string, given: Record<string, unknown>): unknown {
    const unknown = Object.keys(given).filter(
      (name) => !PASSING.includes(name) && !/^(mutation_id|retry)$/.test(name),
    )
    if (unknown.length > 0) throw new YtRefusal({ code: 1, message: `Unknown options ${unknown}` })
    const names = steps(path)
    const { staged } = given.transaction_id === undefined ? {} : this.transaction(given.transaction_id)
    this.refuseLocked(path, given.transaction_id)
    const present = staged?.get(path) ?? this.find(names)
    if (present !== undefined) {
      if (!given.ignore_existing || present.type !== given.type)
        throw refuse(501, `Node ${path} already exists`)
      if (staged && present.type === 'file') staged.set(path, present)
      return { node_id: randomUUID() }
    }
    const nearest = this.nearest(names)
    this.demand(user, 'write', `/${nearest.map((name) => `/${name}`).join('')}`)
    if (nearest.length < names.length - 1 && !given.recursive) throw refuse(500, `Node ${path} has no parent`)
    const parent = this.find(nearest) as YtNode
    if (parent.type !== 'map_node') throw refuse(500, `${parent.type} cannot have children`)
    const made = this.node(String(given.type), parent.account)
    made.value = (given.attributes as { value?: unknown } | undefined)?.value
    if (staged) staged.set(path, made)
    else this.attach(names, made)
    return { node_id: randomUUID() }
  }

  private move(user: string, from: string, to: string, given: Record<string, unknown>): unknown {
    this.refuseLocked(from, undefined)
    this.refuseLocked(to, undefined)
    const { at } = this.resolve(from)
    this.demand(user, 'remove', from)
    if (this.find(steps(to)) && !given.force) throw refuse(501, `Node ${to} already exists`)
    this.detach(steps(from))
    at.time = new Date()
    this.attach(steps(to), at)
    return { node_id: randomUUID() }
  }

  private remove(user: string, path: string, given: Record<string, unknown>): unknown {
    this.refuseLocked(path, undefined)
    const names = steps(path)
    const found = this.find(names)
    if (found === undefined) {
      const document = this.documentOf(names)
      if (document) {
        this.demand(user, 'write', path)
        return void delete (document.value as Record<string, unknown>)[names.at(-1) as string]
      }
      if (given.force) return {}
      throw refuse(500, `Node ${path} has no child`)
    }
    this.demand(user, 'remove', path)
    if (found.children.size > 0 && !given.recursive) throw refuse(1, 'Cannot remove a node that is not empty')
    this.detach(names)
    return {}
  }

  private start(timeout: number): string {
    const id = randomUUID()
    this.transactions.set(id, { id, timeout, left: timeout, staged: new Map() })
    return id
  }

  private ping(id: string): unknown {
    const transaction = this.transaction(id)
    transaction.left = transaction.timeout
    return {}
  }

  private commit(id: string): unknown {
    const transaction = this.transaction(id)
    for (const [path, node] of transaction.staged) this.attach(steps(path), node)
    return this.drop(transaction)
  }

  private drop({ id }: Transaction): unknown {
    this.transactions.delete(id)
    return {}
  }

  transaction(id: unknown): Transaction {
    const found = this.transactions.get(String(id))
    if (!found) throw refuse(11000, `No such transaction ${id}`)
    return found
  }

  private refuseLocked(path: string, mine: unknown): void {
    for (const { id, staged } of this.transactions.values()) {
      if (id !== mine && staged.has(path))
        throw refuse(402, `Cannot take lock for ${path}: it is locked by ${id}`)
    }
  }

  private demand(user: string, permission: string, path: string): void {
    const names = this.nearest(steps(path))
    if (!this.permitted(user, permission, `/${names.map((name) => `/${name}`).join('')}`)) {
      throw refuse(
        901,
        `Access denied for user "${user}": "${permission}" permission for ${path} is not allowed`,
      )
    }
  }

  private nearest(names: string[]): string[] {
    let length = names.length
    while (length > 0 && this.find(names.slice(0, length)) === undefined) length -= 1
    return names.slice(0, length)
  }

  private documentOf(names: string[]): YtNode | undefined {
    const nearest = this.find(this.nearest(names))
    return nearest?.type === 'document' ? nearest : undefined
  }

  /** The node of a path, and the steps that go on inside a document. */
  private resolve(path: string): { at: YtNode; below: string[] } {
    const names = steps(path)
    const nearest = this.nearest(names)
    const at = this.find(nearest) as YtNode
    const below = names.slice(nearest.length)
    if (below.length > 0 && at.type !== 'document')
      throw refuse(500, `Node ${path} has no child "${below[0]}"`)
    return { at, below }
  }

  private find(names: string[]): YtNode | undefined {
    return names.reduce<YtNode | undefined>((at, name) => at?.children.get(name), this.root)
  }

  private attach(names: string[], node: YtNode): void {
    let at = this.root
    for (const name of names.slice(0, -1)) {
      const below = at.children.get(name) ?? this.node('map_node', at.account)
      at.children.set(name, below)
      at = below
    }
    at.children.set(names.at(-1) as string, node)
  }

  private detach(names: string[]): void {
    this.find(names.slice(0, -1))?.children.delete(names.at(-1) as string)
  }

  private node(type: string, account: string): YtNode {
    const time = new Date()
    return {
      type,
      account,
      time,
      acl: [],
      inherit: true,
      children: new Map(),
      content: Buffer.alloc(0),
      value: {},
    }
  }
}

function inside(value: unknown, name: string): unknown {
  const found = (value as Record<string, unknown> | undefined)?.[name]
  if (found === undefined) throw refuse(500, `The document has no "${name}"`)
  return found
}

/** The names of a path, with what backslashes mean. */
function steps(path: string): string[] {
  if (path === '/') return []
  if (!path.startsWith('//')) throw new YtRefusal({ code: 1, message: `${path} is no path` })
  const names = path.slice(2).match(/(?:[^/\\]|\\x[0-9a-f]{2}|\\[\\/@&*[{])+/g) ?? []
  return names.map((name) =>
    Buffer.from(
      name.replaceAll(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex, plain) =>
        hex === undefined ? plain : String.fromCharCode(Number.parseInt(hex, 16)),
      ),
      'latin1',
    ).toString(),
  )
}
