import { expect, it } from 'vitest'
import { storyOf } from '@/components/files/story'
import type { FileDetail, Use } from '@/server/mirror/schema'

const use = (patch: Partial<Use>): Use => ({
  id: '018f0000-0000-7000-8000-000000000001',
  team: { slug: 'mobile', name: 'Mobile apps' },
  reason: 'Builds the app',
  project: null,
  licence: null,
  createdBy: 'Priya Nair',
  createdAt: '2025-03-01T10:00:00Z',
  retiredAt: null,
  retiredReason: null,
  ...patch,
})

const file = (patch: Partial<FileDetail>): FileDetail => ({
  id: '018f0000-0000-7000-8000-000000000000',
  uri: 'https://a.example.org/v1.tar.gz',
  declaredUri: 'https://a.example.org/v1.tar.gz',
  host: 'a.example.org',
  state: 'pending',
  origin: 'upstream',
  sha256: null,
  size: null,
  error: null,
  createdAt: '2025-03-01T10:00:00Z',
  storedAt: null,
  contentType: null,
  contentDisposition: null,
  upstreamEtag: null,
  upstreamModifiedAt: null,
  expectedIntegrity: null,
  redirects: [],
  errorCode: null,
  attempts: 0,
  nextAttemptAt: null,
  taskId: null,
  uses: [use({})],
  ...patch,
})

const titles = (patch: Partial<FileDetail>) => storyOf(file(patch)).map(({ title }) => title)

it('starts with who declared it, and why', () => {
  expect(storyOf(file({}))).toMatchObject([
    { title: 'Declared by Priya Nair for Mobile apps', detail: 'Builds the app' },
  ])
})

it('tells uses, retirements and the fetch, newest first', () => {
  const second = use({
    id: '2',
    team: { slug: 'web', name: 'Web' },
    createdBy: null,
    createdAt: '2025-03-03T10:00:00Z',
  })
  const gone = use({ retiredAt: '2025-03-04T10:00:00Z', retiredReason: 'Replaced' })
  expect(
    titles({ uses: [second, gone], state: 'stored', storedAt: '2025-03-02T10:00:00Z', attempts: 3 }),
  ).toEqual([
    'Mobile apps uses it no longer',
    'Use added by Web',
    'Fetched, verified and stored',
    'Declared by Priya Nair for Mobile apps',
  ])
})

it('says when it was uploaded by hand', () => {
  expect(titles({ state: 'stored', origin: 'upload', storedAt: '2025-03-02T10:00:00Z' })[0]).toBe(
    'Uploaded by hand and stored',
  )
})

it('tells the next attempt with the last error', () => {
  const [next] = storyOf(file({ error: 'It answered 503.', nextAttemptAt: '2025-03-05T10:00:00Z' }))
  expect(next).toMatchObject({ title: 'Next attempt', detail: 'It answered 503.', tone: 'attention' })
})
