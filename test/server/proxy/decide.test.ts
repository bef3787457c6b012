import { describe, expect, it } from 'vitest'
import type { FoundFile, StoredFile } from '@/server/mirror/find-file'
import { decide } from '@/server/proxy/decide'

const now = new Date('2026-03-01T12:00:00Z')
const ask = (found: FoundFile) =>
  decide({
    uri: 'https://example.org/a?b=c&d',
    host: 'example.org',
    found,
    now: () => now,
    publicUrl: 'https://entrepot.example.org',
  })

it('serves what is stored, whatever is said about its host', () => {
  const file = { state: 'stored', id: 'id' } as StoredFile
  expect(ask(file)).toEqual({ kind: 'serve', file })
})

it('refuses what is undeclared, remembers it, and links to its declaration', () => {
  expect(ask({ state: 'absent', denied: null })).toEqual({
    kind: 'refuse',
    missed: true,
    refusal: {
      status: 404,
      code: 'not_declared',
      reason: 'Nobody has declared this URL yet, so Entrepôt does not have it.',
      url: 'https://example.org/a?b=c&d',
      link: {
        label: 'Declare it',
        url: 'https://entrepot.example.org/files/declare?url=https%3A%2F%2Fexample.org%2Fa%3Fb%3Dc%26d',
      },
    },
  })
})

it('refuses a denied host with the reason, and does not remember it', () => {
  const verdict = ask({ state: 'absent', denied: 'Adverts.' })
  expect(verdict).toMatchObject({
    missed: false,
    refusal: { status: 403, reason: 'An administrator refuses the host example.org: Adverts.' },
  })
})

describe('what is declared but not there', () => {
  const waiting = { id: 'id', error: null, nextAttemptAt: null }
  it.each([
    [{ ...waiting, state: 'pending' }, 'This URL is declared and waits to be fetched.', 10],
    [{ ...waiting, state: 'fetching' }, 'This URL is declared and is being fetched now.', 5],
    [
      { ...waiting, state: 'failed', error: 'It answered 404.' },
      'This URL is declared, but fetching it failed: It answered 404.',
      3600,
    ],
    [
      {
        ...waiting,
        state: 'pending',
        error: 'It timed out.',
        nextAttemptAt: new Date('2026-03-01T12:02:00Z'),
      },
      'This URL is declared and waits to be fetched. The last attempt failed: It timed out.',
      120,
    ],
    [
      { ...waiting, state: 'failed', error: 'No.', nextAttemptAt: new Date('2026-03-01T11:00:00Z') },
      'This URL is declared, but fetching it failed: No.',
      1,
    ],
  ] as [FoundFile, string, number][])('%j', (found, reason, retryAfter) => {
    const link = { label: 'See its state', url: 'https://entrepot.example.org/files/id' }
    expect(ask(found)).toMatchObject({ missed: true, refusal: { status: 503, reason, retryAfter, link } })
  })
})
