import { describe, expect, it } from 'vitest'
import { manifestOfUrl, manifestUrl } from '@/server/images/image-url'
import { inParallel } from '@/server/images/in-parallel'
import { nextPage } from '@/server/images/link'
import { isChosen, refuseUnmatched, widened } from '@/server/images/platforms'
import { retryAfterOf } from '@/server/images/rate-limit'
import { openPassword, sealPassword } from '@/server/images/seal-password'

describe('platforms', () => {
  it.each([
    ['linux/amd64', [], true],
    ['linux/amd64', ['linux/amd64'], true],
    ['linux/amd64', ['linux/arm64'], false],
    ['linux/arm64/v8', ['linux/arm64'], true],
    ['linux/arm64', ['linux/arm64/v8'], true],
    ['linux/arm/v7', ['linux/arm'], true],
    ['linux/arm/v6', ['linux/arm/v7'], false],
    ['windows/amd64', ['linux/amd64'], false],
    ['LINUX/AMD64', ['linux/amd64'], true],
  ])('%s among %o: %s', (platform, chosen, expected) => {
    expect(isChosen(platform, chosen)).toBe(expected)
  })

  it('grow by what is not covered yet', () => {
    expect(widened([], ['linux/amd64'])).toBeUndefined()
    expect(widened(['linux/amd64'], [])).toEqual([])
    expect(widened(['linux/arm'], ['linux/arm/v7'])).toBeUndefined()
    expect(widened(['linux/amd64'], ['linux/arm64', 'linux/amd64'])).toEqual(['linux/amd64', 'linux/arm64'])
  })

  it('that an index lacks are found', () => {
    const there = ['linux/arm64/v8', 'linux/amd64']
    expect(() => refuseUnmatched(['linux/arm64'], there)).not.toThrow()
    expect(() => refuseUnmatched(['linux/amd64', 'plan9/386'], there)).toThrow(
      'The index has no plan9/386. It has: linux/amd64, linux/arm64/v8.',
    )
  })
})

describe('the next page', () => {
  it.each([
    ['</v2/a/referrers/x?n=1&last=b>; rel="next"', 'referrers/x?n=1&last=b'],
    ['<https://elsewhere.example.org/steal?n=1>; rel="next"', 'referrers/x?n=1'],
    ['<?n=2>; rel=next', 'referrers/x?n=2'],
    ['</v2/a/referrers/x>; rel="next"', undefined],
    ['</v2/a/referrers/x?n=1>; rel="prev"', undefined],
    ['nonsense', undefined],
  ])('of %s', (link, expected) => {
    expect(nextPage({ link }, 'referrers/x')).toBe(expected)
  })

  it('is not the same page again', () => {
    expect(nextPage({ link: '<?n=1>; rel="next"' }, 'referrers/x?n=1')).toBeUndefined()
    expect(nextPage({}, 'referrers/x')).toBeUndefined()
  })
})

describe('how long a registry wants to be left alone', () => {
  const now = new Date('2026-11-21T12:00:00Z')
  const moment = now.getTime() / 1000 + 90
  it.each([
    [{ 'retry-after': '120' }, 120],
    [{ 'retry-after': 'Sat, 21 Nov 2026 12:01:00 GMT' }, 60],
    [{ 'retry-after': String(moment) }, 90],
    [{ 'x-ratelimit-reset': String(moment) }, 90],
    [{ 'ratelimit-reset': '30;w=60' }, 30],
    [{ 'x-ratelimit-reset': '5' }, 5],
    [{ 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' }, 1800],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('%o', (headers, expected) => {
    expect(retryAfterOf(headers, now)).toBe(expected)
  })
})

describe('a sealed password', () => {
  const secret = 'a secret of at least thirty-two characters'

  it('opens with the same secret for the same registry alone', () => {
    const sealed = sealPassword(secret, 'quay.io', 'pässword:1')
    expect(sealed).not.toContain('ssword')
    expect(openPassword(secret, 'quay.io', sealed)).toBe('pässword:1')
    expect(sealPassword(secret, 'quay.io', 'pässword:1')).not.toBe(sealed)
    expect(() => openPassword(secret, 'ghcr.io', sealed)).toThrow(/Store it again/)
    expect(() => openPassword(`${secret}!`, 'quay.io', sealed)).toThrow(/Store it again/)
    const changed = sealed.replace(/\.(.)/, (_, first) => `.${first === 'A' ? 'B' : 'A'}`)
    for (const broken of ['', 'v1', 'v1.a.b.c', sealed.replace('v1', 'v2'), changed]) {
      expect(() => openPassword(secret, 'quay.io', broken)).toThrow(/Store it again/)
    }
  })
})

describe('the URL of a manifest', () => {
  it('tells what it is of, by whichever name of the registry', () => {
    const url = manifestUrl('registry-1.docker.io', 'library/debian', 'latest')
    expect(url).toBe('https://registry-1.docker.io/v2/library/debian/manifests/latest')
    const meant = { registry: 'registry-1.docker.io', repository: 'library/debian', reference: 'latest' }
    expect(manifestOfUrl(url)).toEqual(meant)
    expect(manifestOfUrl('http://docker.io/v2/library/debian/manifests/latest')).toEqual(meant)
    expect(manifestOfUrl('https://quay.io/v2/a/blobs/sha256:x')).toBeUndefined()
    expect(manifestOfUrl('https://example.org/v2/manifests/x')).toBeUndefined()
  })
})

describe('work in parallel', () => {
  it('is done some at a time, also what is added on the way', async () => {
    const queue = [1, 2, 3]
    const done: number[] = []
    let running = 0
    let most = 0
    await inParallel(queue, 2, async (item) => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setImmediate(resolve))
      if (item < 3) queue.push(item + 10)
      done.push(item)
      running -= 1
    })
    expect(done.sort((one, other) => one - other)).toEqual([1, 2, 3, 11, 12])
    expect(most).toBe(2)
  })

  it('ends with its first failure, when what is under way has ended', async () => {
    const ended: number[] = []
    const work = inParallel([1, 2, 3, 4], 2, async (item) => {
      if (item === 1) throw new Error('one')
      await new Promise((resolve) => setImmediate(resolve))
      ended.push(item)
    })
    await expect(work).rejects.toThrow('one')
    expect(ended).toEqual([2])
  })
})
