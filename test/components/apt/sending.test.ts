import { expect, it } from 'vitest'
import { changed, queued } from '@/components/apt/uploads/sending'

it.each(['hello_1.0_amd64.deb', 'hello-udeb_1.0_amd64.udeb', 'hello-dbgsym_1.0_amd64.ddeb', 'HELLO.DEB'])(
  'takes %s',
  (name) => {
    expect(queued(new File(['x'], name), 1).error).toBeUndefined()
  },
)

it.each(['hello_1.0.dsc', 'hello_1.0.tar.xz', 'hello_1.0_amd64.changes', 'deb'])(
  'sends %s elsewhere',
  (name) => {
    expect(queued(new File(['x'], name), 1).error).toContain('dput')
  },
)

it('queues what it takes, and says at once why it does not take the rest', () => {
  const good = queued(new File(['x'], 'a_1_all.deb'), 1)
  const empty = queued(new File([], 'b_1_all.deb'), 2)
  expect(good).toMatchObject({ state: 'waiting', sent: 0 })
  expect(empty).toMatchObject({ state: 'refused', error: 'The file is empty.' })
  expect(changed([good, empty], 1, { sent: 1 }).map(({ sent }) => sent)).toEqual([1, 0])
})
