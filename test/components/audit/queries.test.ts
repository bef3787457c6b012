import { describe, expect, it } from 'vitest'
import { auditFilter } from '@/components/audit/filter'
import { auditQueryOf, exportHref } from '@/components/audit/queries'
import { auditExportQuery, auditQuery } from '@/server/audit/schema'

describe('days of the filter', () => {
  it('become instants of UTC, the last day included', () => {
    expect(auditQueryOf({ from: '2026-02-27', to: '2026-02-28' })).toEqual({
      from: '2026-02-27T00:00:00Z',
      to: '2026-03-01T00:00:00.000Z',
    })
  })

  it('are what the API takes', () => {
    const query = auditQueryOf(
      auditFilter.parse({ q: 'ada', action: 'user.', from: '2026-01-01', to: '2026-01-01' }),
    )
    expect(auditQuery.safeParse(query).success).toBe(true)
  })

  it('must be days', () => {
    expect(auditFilter.safeParse({ from: 'yesterday' }).success).toBe(false)
  })
})

it('the export has the filters and no page', () => {
  const { pathname, searchParams } = new URL(
    exportHref({ q: 'a&b', to: '2026-01-01', cursor: 'x' }),
    'https://example.org',
  )
  expect(pathname).toBe('/api/v1/audit.ndjson')
  expect(auditExportQuery.parse(Object.fromEntries(searchParams))).toEqual({
    q: 'a&b',
    to: '2026-01-02T00:00:00.000Z',
  })
  expect(searchParams.has('cursor')).toBe(false)
})
