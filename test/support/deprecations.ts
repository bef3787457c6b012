import { afterAll, expect } from 'vitest'

/*
 * A test file fails when its process is told of a deprecated use of a library: what only warns today is refused by the
 * library's next version. Node's own are named DEP…, and come and go with the Node that runs the tests; the job queue stops listening
 * before it has begun when it is stopped at once, which is its own affair.
 */
const told: string[] = []
process.on('warning', ({ name, stack = '', ...warning }) => {
  const { code } = warning as { code?: string }
  const isOurs = !code?.startsWith('DEP') && !stack.includes('graphile-worker')
  if (name === 'DeprecationWarning' && isOurs) told.push(stack)
})
afterAll(() => expect(told).toEqual([]))
