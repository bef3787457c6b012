import { describe, expect, it } from 'vitest'
import { fileNameOf, poolPath } from '@/server/apt/format/pool-path'

describe('a path of the pool', () => {
  it.each([
    ['hello', 'pool/main/h/hello/f.deb'],
    ['0ad', 'pool/main/0/0ad/f.deb'],
    ['libfoo', 'pool/main/libf/libfoo/f.deb'],
    ['libreoffice', 'pool/main/libr/libreoffice/f.deb'],
    ['lib', 'pool/main/lib/lib/f.deb'],
    ['li', 'pool/main/l/li/f.deb'],
  ])('of the source %s is %s', (source, path) => {
    expect(poolPath({ component: 'main', source, file: 'f.deb' })).toBe(path)
  })
})

describe('the name of a package’s file', () => {
  it.each([
    [{ name: 'hello', version: '1.0-1', architecture: 'amd64', type: 'deb' }, 'hello_1.0-1_amd64.deb'],
    [{ name: 'hello', version: '2:1.0-1', architecture: 'all', type: 'deb' }, 'hello_1.0-1_all.deb'],
    [
      { name: 'hello-udeb', version: '1:1:0', architecture: 'amd64', type: 'udeb' },
      'hello-udeb_1:0_amd64.udeb',
    ],
    [{ name: 'hello', version: '1:1.0-1', architecture: 'source', type: 'source' }, 'hello_1.0-1.dsc'],
    [
      { name: 'hello-dbgsym', version: '1', architecture: 'amd64', type: 'ddeb' },
      'hello-dbgsym_1_amd64.ddeb',
    ],
  ] as const)('of %j is %s', (named, file) => {
    expect(fileNameOf(named)).toBe(file)
  })
})
