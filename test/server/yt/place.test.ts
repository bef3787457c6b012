import { describe, expect, it } from 'vitest'
import { parseYtPlace } from '@/server/yt/place'

describe('the place of a storage in a cluster', () => {
  it.each([
    ['yt://hume.example.net//sys/admin/registry', 'https://hume.example.net', '//sys/admin/registry', false],
    ['yt+http://127.0.0.1:8000//home/x/', 'http://127.0.0.1:8000', '//home/x', false],
    ['yt://proxy:443//x?auth=user', 'https://proxy', '//x', true],
  ])('%s', (text, proxy, root, usersDecide) => {
    expect(parseYtPlace(text)).toEqual({ proxy, root, usersDecide })
  })

  it.each([
    ['yt:////x', 'names no cluster'],
    ['yt://proxy', 'begins with two slashes'],
    ['yt://proxy/sys', 'begins with two slashes'],
    ['yt://proxy//', 'begins with two slashes'],
    ['yt://proxy//a//b', 'begins with two slashes'],
    ['yt://proxy//a?auth=all', 'has no “auth=all”'],
    ['yt://proxy//a?user=x', 'has no “user=x”'],
    ['yt://me:token@proxy//a', 'set ENTREPOT_YT_TOKEN'],
  ])('%s is refused with what to write', (text, words) => {
    expect(() => parseYtPlace(text)).toThrow(words)
  })
})
