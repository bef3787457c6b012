import { expect, it } from 'vitest'
import { linkTo, MAX_PAGE, pageOf } from '@/server/oci/page'

const read = (query: string) => pageOf(new URLSearchParams(query))

it.each([
  ['', '', MAX_PAGE],
  ['n=0', '', 0],
  ['n=1', '', 1],
  ['n=007&last=a', 'a', 7],
  ['n=999999999', '', MAX_PAGE],
  ['last=v1.0&n=5&n=6', 'v1.0', 5],
  [`last=${'a'.repeat(1000)}`, 'a'.repeat(300), MAX_PAGE],
])('“%s” is a page', (query, last, limit) => {
  expect(read(query)).toEqual({ last, limit })
})

it.each(['n=', 'n=-1', 'n=1.5', 'n=1e3', 'n=a', 'n=%201', 'n=9999999999'])('“%s” is none', (query) => {
  expect(() => read(query)).toThrow(expect.objectContaining({ fault: 'PAGINATION_NUMBER_INVALID' }))
})

it('a link is written so that nothing of it ends it', () => {
  const [name, link = ''] = linkTo('/v2/a/tags/list', { n: '1', last: 'a>; rel="x"\r\nSet-Cookie: a=b, <' })
  expect(name).toBe('Link')
  expect(link).toMatch(/^<[^<>"\s]+>; rel="next"$/)
  const url = new URL(link.slice(1, link.indexOf('>')), 'http://registry.test')
  expect(pageOf(url.searchParams)).toEqual({ last: 'a>; rel="x"\r\nSet-Cookie: a=b, <', limit: 1 })
})
