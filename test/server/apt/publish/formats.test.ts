import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BranchQueue } from '@/server/apt/publish/branch-queue'
import { allLists, baseLists, dependentLists, flatFiles, indexFiles } from '@/server/apt/publish/lists'
import { affectedRuns, joinRuns, type RunFacts } from '@/server/apt/publish/runs'
import { aptPath, snapshotIdOf, snapshotMoment } from '@/server/apt/serve/apt-path'
import { pathSegments } from '@/server/http/path-segments'

describe('the runs that names are in', () => {
  const runs = ['alpha', 'golf', 'mike'].map((firstName) => ({ firstName }))

  it.each([
    ['in the middle', ['hotel'], [{ first: 1, end: 2, range: { from: 'golf', until: 'mike' } }]],
    ['before the first', ['aaa'], [{ first: 0, end: 1, range: { from: '', until: 'golf' } }]],
    ['after the last', ['zulu'], [{ first: 2, end: 3, range: { from: 'mike', until: null } }]],
    [
      'first of its run: the one before is cut with it',
      ['golf'],
      [{ first: 0, end: 2, range: { from: '', until: 'mike' } }],
    ],
    ['in two that touch', ['bravo', 'hotel'], [{ first: 0, end: 2, range: { from: '', until: 'mike' } }]],
    [
      'in two apart',
      ['bravo', 'november'],
      [
        { first: 0, end: 1, range: { from: '', until: 'golf' } },
        { first: 2, end: 3, range: { from: 'mike', until: null } },
      ],
    ],
    ['none', [], []],
  ])('%s', (_what, names, expected) => {
    expect(affectedRuns(runs, names)).toEqual(expected)
  })

  it('of an empty list is its empty run', () => {
    expect(affectedRuns([{ firstName: '' }], ['bravo'])).toEqual([
      { first: 0, end: 1, range: { from: '', until: null } },
    ])
  })

  it('always hold every name, in order and apart', () => {
    const name = fc.stringMatching(/^[a-z]{1,3}$/)
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1 }), fc.array(name), (firsts, names) => {
        const sorted = firsts.sort().map((firstName) => ({ firstName }))
        const parts = affectedRuns(sorted, names)
        const holds = ({ range }: (typeof parts)[number], one: string) =>
          one >= range.from && (range.until === null || one < range.until)
        for (const one of names) expect(parts.filter((part) => holds(part, one))).toHaveLength(1)
        for (const [index, part] of parts.entries()) {
          expect(part.end).toBeGreaterThan(part.first)
          expect(part.first).toBeGreaterThan(parts[index - 1]?.end ?? -1)
        }
      }),
    )
  })
})

describe('what a file is made of', () => {
  const run = (id: number, plain: number): RunFacts => ({
    ...{ id: BigInt(id), firstName: '', sizes: { plain, gz: 20, zst: 9 } },
  })

  it('leaves out empty runs, but for the only one', () => {
    expect(joinRuns([[run(1, 5)], [run(2, 0)]])).toEqual([run(1, 5)])
    expect(joinRuns([[run(2, 0)], [run(2, 0)]])).toEqual([run(2, 0)])
  })
})

describe('the lists of a branch', () => {
  const layout = { components: ['main'], architectures: ['amd64'], contents: true, flatLayout: true }

  it('name where each kind of package stands', () => {
    expect(allLists(layout)).toEqual([
      ...['main/binary-all', 'main/binary-amd64', 'main/contents-all', 'main/contents-amd64'],
      ...[
        'main/debian-installer/binary-all',
        'main/debian-installer/binary-amd64',
        'main/i18n',
        'main/source',
      ],
    ])
    expect(indexFiles({ ...layout, contents: false }).map(({ path }) => path)).not.toContain(
      'main/Contents-amd64',
    )
    expect(flatFiles(layout).map(({ directory }) => directory)).toEqual(['amd64', 'all', 'source'])
    expect(flatFiles({ ...layout, flatLayout: false })).toEqual([])
  })

  it('know what they are derived from, and what is derived from them', () => {
    expect(dependentLists('main/binary-amd64', layout)).toEqual([
      'main/binary-amd64',
      'main/i18n',
      'main/contents-amd64',
    ])
    expect(dependentLists('main/source', layout)).toEqual(['main/source'])
    expect(dependentLists('main/debian-installer/binary-amd64', layout)).toEqual([
      'main/debian-installer/binary-amd64',
    ])
    for (const list of allLists(layout)) {
      for (const base of baseLists(list, layout)) expect(dependentLists(base, layout)).toContain(list)
    }
  })
})

describe('paths of a repository', () => {
  it.each([
    ['', { kind: 'root' }],
    ['key.asc', { kind: 'key', form: 'armored' }],
    ['key.gpg', { kind: 'key', form: 'binary' }],
    ['other.asc', undefined],
    ['pool/main/h/hello.deb', { kind: 'pool', path: 'pool/main/h/hello.deb' }],
    ['dists/stable/main/Release', { kind: 'dists', branch: 'stable', path: 'main/Release' }],
    ['dists/stable', undefined],
    ['stable/amd64/Packages', { kind: 'flat', branch: 'stable', directory: 'amd64', path: 'Packages' }],
    ['snapshots/20260801T000000Z/key.asc', undefined],
    ['snapshots/20260801T000000Z/snapshots/20260801T000000Z/dists/a/Release', undefined],
    ['snapshots/now/dists/stable/Release', undefined],
  ])('%s', (path, expected) => {
    expect(aptPath(path.split('/'))).toEqual(expected)
  })

  it('name a snapshot by the second in which it was there first', () => {
    expect(snapshotIdOf(new Date('2026-08-01T00:00:00.000Z'))).toBe('20260801T000000Z')
    expect(snapshotIdOf(new Date('2026-08-01T00:00:00.001Z'))).toBe('20260801T000001Z')
    expect(snapshotMoment('20260801T000001Z')).toEqual(new Date('2026-08-01T00:00:01Z'))
    for (const wrong of ['20260231T000000Z', '20260801T250000Z', '2026', '20260801T000000']) {
      expect(snapshotMoment(wrong)).toBeUndefined()
    }
  })
})

describe('segments of a path', () => {
  it.each([
    ['/apt/tools/pool/a%2bb_1%7e2.deb?x=1', ['apt', 'tools', 'pool', 'a+b_1~2.deb']],
    ['/apt/tools/', ['apt', 'tools', '']],
    ['/', ['']],
    ['/a/../b', undefined],
    ['/a/%2E%2e/b', undefined],
    ['/a/./b', undefined],
    ['/a//b', undefined],
    ['/a%2fb', undefined],
    ['/a\\b', undefined],
    ['/a%00', undefined],
    ['/a%0ab', undefined],
    ['/a%zz', undefined],
    ['a', undefined],
    [`/${'a'.repeat(9000)}`, undefined],
  ])('of %s', (target, expected) => {
    expect(pathSegments(target)).toEqual(expected)
  })

  it('never have anything in them that leads elsewhere', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const segment of pathSegments(`/${text}`) ?? []) {
          expect(segment === '.' || segment === '..' || /[/\\\0]/.test(segment)).toBe(false)
        }
      }),
    )
  })
})

describe('the queue of branches', () => {
  interface Job {
    name: string
    opened: Promise<void>
  }
  const gate = () => {
    let open: () => void = () => undefined
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    return { open, opened }
  }
  const opened = Promise.resolve()

  /** A queue that notes which jobs it did together. */
  function noting() {
    const done: string[][] = []
    const all: Promise<void>[] = []
    const queue = new BranchQueue<Job>((jobs) => {
      const work = Promise.all(jobs.map((job) => job.opened)).then(() => {
        done.push(jobs.map(({ name }) => name))
      })
      all.push(work)
      return work
    })
    const rest = async (count: number) => {
      while (done.flat().length < count) await Promise.all([...all, new Promise(setImmediate)])
      return done
    }
    return { queue, rest }
  }

  it('lets one at a time at a branch, in the order of arrival, and others pass', async () => {
    const { queue, rest } = noting()
    const first = gate()
    queue.add(['a', 'b'], { name: 'first', opened: first.opened }, { wait: true })
    queue.add(['b', 'c'], { name: 'second', opened }, { wait: true })
    // Wants only what is free, but whoever wants c came before.
    queue.add(['c'], { name: 'third', opened }, { wait: true })
    queue.add(['d'], { name: 'apart', opened }, { wait: true })
    await opened
    first.open()
    expect(await rest(4)).toEqual([['apart'], ['first'], ['second'], ['third']])
  })

  it('does together what waits for the same, of one group', async () => {
    const { queue, rest } = noting()
    const first = gate()
    queue.add(['a'], { name: 'first', opened: first.opened }, { wait: true, group: 'move' })
    const add = (name: string, group?: string, keys = ['a']) =>
      queue.add(keys, { name, opened }, { wait: true, group })
    add('second', 'move')
    add('other kind', 'upload')
    add('more', 'move', ['a', 'b'])
    add('alone')
    add('third', 'move')
    first.open()
    expect(await rest(6)).toEqual([['first'], ['second', 'third'], ['other kind'], ['more'], ['alone']])
  })

  it('does not put off whoever waits for all who come later', async () => {
    const { queue, rest } = noting()
    const first = gate()
    queue.add(['a'], { name: 'first', opened: first.opened }, { wait: true, group: 'move' })
    for (let index = 0; index < 120; index += 1) {
      queue.add(['a'], { name: `${index}`, opened }, { wait: true, group: 'move' })
    }
    first.open()
    expect((await rest(121)).map((jobs) => jobs.length)).toEqual([1, 50, 50, 20])
  })

  it('refuses at once whoever may not wait', async () => {
    const { queue, rest } = noting()
    const first = gate()
    queue.add(['a'], { name: 'first', opened: first.opened }, { wait: true })
    const add = () => queue.add(['a'], { name: 'second', opened }, { wait: false })
    expect(add).toThrow('under way')
    first.open()
    await rest(1)
    await new Promise(setImmediate)
    add()
    expect(await rest(2)).toEqual([['first'], ['second']])
  })
})
