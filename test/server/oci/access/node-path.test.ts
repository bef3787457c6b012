import { describe, expect, it } from 'vitest'
import { isAbove, nodesTo, writtenPath } from '@/server/oci/access/node-path'

describe('a node', () => {
  it('is written with two slashes before it, the root with one', () => {
    expect(writtenPath('sys/admin/images/ubuntu')).toBe('//sys/admin/images/ubuntu')
    expect(writtenPath('')).toBe('/')
  })

  it('has the nodes on the way to it, root and itself included', () => {
    expect(nodesTo('sys/admin/images')).toEqual(['', 'sys', 'sys/admin', 'sys/admin/images'])
    expect(nodesTo('sys')).toEqual(['', 'sys'])
    expect(nodesTo('')).toEqual([''])
  })

  it.each([
    ['', 'sys', true],
    ['sys', 'sys/admin', true],
    ['sys', 'sys/admin/images', true],
    ['sys', 'system', false],
    ['sys', 'sys', false],
    ['sys/admin', 'sys', false],
    ['', '', false],
  ])('%j above %j: %s', (node, path, above) => {
    expect(isAbove(node, path)).toBe(above)
  })
})
