import { expect, it } from 'vitest'
import { moveWords } from '@/components/apt/moves/move-words'
import { repositoryHref, sourceHref } from '@/components/apt/places'

it('leads to the pages of a repository', () => {
  expect(repositoryHref('platform')).toBe('/debian/platform')
  expect(repositoryHref('platform', { tab: 'board' })).toBe('/debian/platform')
  expect(repositoryHref('a+b', { tab: 'snapshots', branch: 'testing' })).toBe(
    '/debian/a%2Bb?tab=snapshots&branch=testing',
  )
  expect(sourceHref('platform', 'libstdc++', { version: '1:2~rc-1' })).toBe(
    '/debian/platform/sources/libstdc%2B%2B?version=1%3A2%7Erc-1',
  )
})

it.each([
  [{ kind: 'move', fromBranch: 'unstable', toBranch: 'testing' }, 'unstable → testing'],
  [{ kind: 'copy', fromBranch: 'unstable', toBranch: 'testing' }, 'Copied unstable → testing'],
  [{ kind: 'remove', fromBranch: 'testing', toBranch: null }, 'Taken out of testing'],
  [{ kind: 'undo', fromBranch: 'testing', toBranch: 'unstable' }, 'Taken back: testing → unstable'],
  [{ kind: 'undo', fromBranch: null, toBranch: 'testing' }, 'Taken back into testing'],
  [{ kind: 'roll_back', fromBranch: null, toBranch: 'stable' }, 'stable rolled back'],
])('says %j as %s', (move, words) => {
  expect(moveWords(move)).toBe(words)
})
