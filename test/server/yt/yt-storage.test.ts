import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AppError } from '@/server/errors'
import type { YtTimes } from '@/server/yt/exchange'
import { openYt } from '@/server/yt/open'
import { parseYtPlace } from '@/server/yt/place'
import { storageDriverContract } from '@/test/contracts/storage-driver'
import { startYt, type Trouble, type YtRequest } from '@/test/support/yt-server'

const yt = await startYt()
afterAll(() => yt.close())
beforeEach(() => {
  yt.requests.length = 0
  yt.trouble = () => undefined
})

const times = { pause: 1 }
const code = (work: Promise<unknown>) => work.then(String, (error: AppError) => error.code ?? error.message)
const words = (work: Promise<unknown>) => work.then(String, (error: AppError) => error.message)
const text = (value: string) => Readable.from([Buffer.from(value)])

function open(more: Partial<YtTimes> = {}, root = `//home/${randomUUID()}`) {
  const options = { token: 'service-token', times: { ...times, ...more } }
  const { storage } = openYt(parseYtPlace(yt.place(root)), options)
  const leftovers = async () =>
    yt.cypress
      .files()
      .filter((path) => path.includes(root))
      .map((path) => path.replace(`${root}/`, ''))
  return { driver: storage, leftovers, root }
}

/** Trouble with the first `count` requests of a command. */
function troubled(
  command: string,
  trouble: Trouble | ((request: YtRequest) => Trouble | undefined),
  count = 1,
) {
  let left = count
  yt.trouble = (request) => {
    if (request.command !== command || left === 0) return undefined
    left -= 1
    return typeof trouble === 'function' ? trouble(request) : trouble
  }
}

/** More than is kept for a second attempt, and slow enough to be interrupted. */
const large = () =>
  Readable.from(
    (function* () {
      for (let index = 0; index < 64; index += 1) yield Buffer.alloc(64 * 1024, index)
    })(),
  )
const LARGE = 64 * 64 * 1024

const commands = () => yt.requests.map(({ command }) => command)
const nested = (inner: number) => ({
  code: 1,
  message: 'Error executing',
  inner_errors: [{ code: 1, message: 'deeper', inner_errors: [{ code: inner, message: 'the reason' }] }],
})

storageDriverContract('yt', async () => open())

describe('a write', () => {
  it('happens in a transaction, at a heavy proxy, and is committed at its end', async () => {
    const { driver, root } = open()
    await driver.write('a/b', text('hello'))
    expect(commands()).toEqual([
      'create',
      'start_transaction',
      'create',
      '/hosts',
      'write_file',
      'commit_transaction',
    ])
    const write = yt.requests.find(({ command }) => command === 'write_file')
    expect(write?.proxy).toBe(yt.heavy[0])
    const id = write?.parameters.transaction_id
    expect(write?.parameters).toEqual({ path: `${root}/a/b`, transaction_id: id })
    expect(yt.requests.at(-1)?.parameters).toMatchObject({ transaction_id: id })
    // Neighbours need no parent any more, and the list of proxies is known.
    yt.requests.length = 0
    await driver.write('a/c', text('hello'))
    expect(commands()).toEqual(['start_transaction', 'create', 'write_file', 'commit_transaction'])
  })

  it('keeps its transaction alive while its source takes its time', async () => {
    const { driver, leftovers } = open({ transaction: 1_000, ping: 5 })
    let pings = 0
    yt.trouble = ({ command }) => {
      if (command === 'ping_transaction') pings += 1
      return undefined
    }
    const body = new Readable({ read: () => undefined })
    body.push(Buffer.alloc(600_000))
    const written = driver.write('a', body)
    // As long as three of its lives, and never as long as one without a ping.
    for (let turn = 0; turn < 4; turn += 1) {
      const alive = () => [...yt.cypress.transactions.values()].map(({ left }) => left)
      await vi.waitFor(() => expect(alive()).toContain(1_000))
      yt.cypress.elapse(900)
    }
    body.push(null)
    expect(await written).toBe(600_000)
    expect(await leftovers()).toEqual(['a'])
    // One may still have been on its way; after it there are no more.
    await vi.waitFor(async () => {
      const then = pings
      for (let turn = 0; turn < 30; turn += 1) expect(await driver.stat('a')).toMatchObject({ size: 600_000 })
      expect(pings).toBe(then)
    })
  })

  it('begins anew when its transaction expired, while its body is still at hand', async () => {
    const { driver, leftovers } = open()
    troubled('write_file', { error: nested(11000) })
    expect(await driver.write('a', text('small'))).toBe(5)
    expect(commands().filter((command) => command === 'start_transaction').length).toBe(2)
    expect(await leftovers()).toEqual(['a'])
  })

  it('fails as unavailable when its transaction expired in the middle of a large body', async () => {
    const { driver, leftovers } = open({ transaction: 60_000, ping: 10 })
    let isOpen = false
    yt.trouble = ({ command, parameters }) => {
      if (command === 'write_file') isOpen = true
      // As if the pings had come too late.
      if (command === 'ping_transaction' && isOpen)
        yt.cypress.transactions.delete(String(parameters.transaction_id))
      return undefined
    }
    const body = new Readable({ read: () => undefined })
    for (let index = 0; index < 40; index += 1) body.push(Buffer.alloc(64 * 1024))
    expect(await code(driver.write('a', body))).toBe('unavailable')
    expect([body.destroyed, await leftovers()]).toEqual([true, []])
  })

  it('leaves nothing when the commit fails', async () => {
    const { driver, leftovers } = open()
    yt.trouble = ({ command }) => (command === 'commit_transaction' ? { error: nested(1) } : undefined)
    expect(await code(driver.write('a', text('x')))).toBe('unavailable')
    expect(await leftovers()).toEqual([])
    expect(commands().at(-1)).toBe('abort_transaction')
  })

  it('fails when the error only comes in the trailer', async () => {
    const { driver, leftovers } = open()
    troubled('write_file', { trailer: nested(902), after: 0 }, 99)
    expect(await code(driver.write('a', large()))).toBe('storage_full')
    expect(await leftovers()).toEqual([])
  })

  it('says that the account is full, and leaves nothing', async () => {
    const { driver, leftovers, root } = open()
    yt.cypress.addAccount('small', [], 1000)
    yt.cypress.make(root, 'small')
    expect(await code(driver.write('a', large()))).toBe('storage_full')
    expect(await leftovers()).toEqual([])
  })

  it('does once what it has to ask for twice', async () => {
    const { driver, leftovers } = open()
    await driver.write('from', text('x'))
    for (const command of ['create', 'start_transaction', 'commit_transaction', 'move']) {
      troubled(command, 'lost')
      if (command === 'move') await driver.move('from', 'to')
      else expect(await driver.write('a', text('x'))).toBe(1)
    }
    expect(await leftovers()).toEqual(['a', 'to'])
    const [first, second] = yt.requests.filter(({ command }) => command === 'move')
    expect(second?.parameters).toEqual({ ...first?.parameters, retry: true })
    yt.cypress.transactions.clear()
  })
})

describe('heavy proxies', () => {
  it('are passed over when they have too much to do or are gone', async () => {
    const { driver } = open()
    const [busy, other] = yt.heavy
    yt.trouble = ({ command, proxy }) =>
      proxy === busy && command.endsWith('_file') ? { status: 503 } : undefined
    expect(await driver.write('a', large())).toBe(LARGE)
    expect((await buffer(await driver.read('a'))).length).toBe(LARGE)
    const asked = yt.requests.filter(({ command }) => command.endsWith('_file')).map(({ proxy }) => proxy)
    expect(asked).toEqual([busy, other, other])
    yt.trouble = ({ command, proxy }) =>
      proxy === other && command === 'read_file' ? { status: 503 } : undefined
    expect((await buffer(await driver.read('a'))).length).toBe(LARGE)
  })

  it('are all busy', async () => {
    const { driver, leftovers } = open()
    yt.trouble = ({ command }) => (command.endsWith('_file') ? { status: 503 } : undefined)
    expect(await code(driver.write('a', large()))).toBe('unavailable')
    expect(await leftovers()).toEqual([])
  })

  it('are asked for again after a while, and done without where there is no list', async () => {
    const { driver } = open({ hosts: 0 })
    await driver.write('a', text('x'))
    await buffer(await driver.read('a'))
    await vi.waitFor(() => expect(commands().filter((command) => command === '/hosts').length).toBe(2))
    const lonely = open()
    yt.trouble = ({ command }) => (command === '/hosts' ? { status: 404 } : undefined)
    expect(await code(lonely.driver.write('a', text('x')))).toBe('unavailable')
    expect(yt.requests.findLast(({ command }) => command === 'write_file')?.proxy).toBe(yt.proxy)
  })

  it('may send us to one another, with the token', async () => {
    const { driver } = open()
    const [first = '', second = ''] = yt.heavy
    yt.trouble = ({ command, proxy }) =>
      command.endsWith('_file') && proxy === first ? { redirect: second } : undefined
    expect(await driver.write('a', large())).toBe(LARGE)
    expect((await buffer(await driver.read('a'))).length).toBe(LARGE)
    const asked = yt.requests.filter(({ command }) => command.endsWith('_file'))
    expect(asked.map(({ proxy, token }) => [proxy, token])).toEqual([
      [first, 'service-token'],
      [second, 'service-token'],
      [first, 'service-token'],
      [second, 'service-token'],
    ])
  })

  it('get no token when they are no proxies of the cluster', async () => {
    const { driver } = open()
    await driver.write('a', text('x'))
    const seen: unknown[] = []
    const stranger = createServer((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(403).end()
    })
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    const redirect = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
    yt.trouble = ({ command }) => (command === 'read_file' ? { redirect } : undefined)
    expect(await code(driver.read('a'))).toBe('unavailable')
    expect(seen).toEqual([undefined])
    stranger.close()
  })

  it.each(['ftp://elsewhere', 'file:///etc'])('may not send us to %s', async (redirect) => {
    const { driver } = open()
    await driver.write('a', text('x'))
    yt.trouble = ({ command }) => (command === 'read_file' ? { redirect } : undefined)
    expect(await words(driver.read('a'))).toContain('is not followed')
  })

  it('send us in circles', async () => {
    const { driver } = open()
    const [first = ''] = yt.heavy
    yt.trouble = ({ command }) => (command === 'write_file' ? { redirect: first } : undefined)
    expect(await code(driver.write('a', large()))).toBe('unavailable')
  })
})

describe('a read', () => {
  it.each<[string, Trouble, string]>([
    ['an error in the trailer', { trailer: nested(1), after: 2 }, 'the reason'],
    ['an error in the trailer, after all bytes', { trailer: nested(1), after: 5 }, 'the reason'],
    ['a body that is shorter than the file', { short: 3 }, 'sent 3 of 5 bytes'],
    ['a connection that breaks', { cut: 3 }, 'broke off'],
  ])('fails with %s', async (_, trouble, reason) => {
    const { driver } = open()
    await driver.write('a', text('hello'))
    troubled('read_file', trouble)
    const readAll = async () => buffer(await driver.read('a'))
    expect(await words(readAll())).toContain(reason)
    expect((await readAll()).toString()).toBe('hello')
  })

  it('gives up a proxy that is silent, and asks the next one', async () => {
    const { driver, root } = open()
    await driver.write('a', text('hello'))
    troubled('read_file', 'silence')
    // The next one has as long to answer, on however busy a machine.
    const { driver: hasty } = open({ stall: 5_000 }, root)
    expect((await buffer(await hasty.read('a'))).toString()).toBe('hello')
  })

  it('asks for nothing of an empty file', async () => {
    const { driver } = open()
    await driver.write('a', Readable.from([]))
    expect((await buffer(await driver.read('a'))).length).toBe(0)
    expect(commands()).not.toContain('read_file')
  })
})

describe('light commands', () => {
  it.each<[string, Trouble]>([
    ['no connection', 'lost'],
    ['no answer', 'silence'],
    ['a status 503', { status: 503 }],
    ['too many requests', { error: nested(904) }],
  ])('are repeated after %s', async (_, trouble) => {
    const { driver, root } = open()
    await driver.write('a', text('x'))
    troubled('get', trouble, 1)
    // Each of the further attempts has as long.
    const { driver: hasty } = open({ light: 2_000 }, root)
    expect(await hasty.stat('a')).toMatchObject({ size: 1 })
  })

  it('fail in the end', async () => {
    const { driver } = open()
    yt.trouble = () => ({ status: 503 })
    expect(await code(driver.stat('a'))).toBe('unavailable')
    expect(yt.requests.length).toBe(5)
  })

  it.each([
    ['another token', 'wrong', 'Look at ENTREPOT_YT_TOKEN'],
    ['no token', undefined, 'Look at ENTREPOT_YT_TOKEN'],
  ])('with %s say what to look at', async (_, token, reason) => {
    const { storage } = openYt(parseYtPlace(yt.place('//home/x')), { token, times })
    const asking = storage.stat('a')
    expect(await words(asking)).toContain(reason)
    expect(await code(asking)).toBe('unavailable')
  })

  it('without permission do not blame whoever asked for the object', async () => {
    yt.cypress.addUser('nobody', 'nobody-token')
    const { storage } = openYt(parseYtPlace(yt.place('//home/x')), { token: 'nobody-token', times })
    expect(await code(storage.write('a', text('x')))).toBe('unavailable')
  })

  it('refuse an answer without end', async () => {
    const server = createServer((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024, ' ')));
      }
      response.on('drain', more)
      more()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const place = parseYtPlace(`yt+http://127.0.0.1:${(server.address() as AddressInfo).port}//x`)
    const { storage } = openYt(place, { token: undefined, times: times })
    expect(await words(storage.stat('a'))).toContain('more than 67108864 bytes')
    server.closeAllConnections()
    server.close()
  })
})
