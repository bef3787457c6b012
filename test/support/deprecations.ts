import { afterAll, expect } from 'vitest'

/*
 * A test file fails when its process is told of a deprecated use of a library: what only warns today is refused by the
 * library's next version. (Node's own are named DEP…, and come and go with the Node that runs the tests.)
 */
const told: string[] = []
process.on('warning', ({ name, message, ...warning }) => {
  const { code } = warning as { code?: string }
  if (name === 'DeprecationWarning' && !code?.startsWith('DEP')) told.push(message)
})
afterAll(() => expect(told).toEqual([]))
