import { expect, it } from 'vitest'
import { stateOf } from '@/components/archives/ArchiveState'

it.each([
  [{ gone: false, goneFrom: null }, 'legacy'],
  [{ gone: false, goneFrom: '2099-01-01' }, 'to be buried'],
  [{ gone: true, goneFrom: '2020-01-01' }, 'buried'],
])('%j is %s', (archive, state) => expect(stateOf(archive)).toBe(state))
