import { describe, expect, it } from 'vitest'
import { OCI_INDEX } from '@/server/oci/media-types'
import {
  type BuiltImage,
  buildArtifact,
  buildBlob,
  buildImage,
  buildIndex,
  descriptorOf,
} from '@/test/support/build-image'
import { openTestContext } from '@/test/support/context'
import { openTestRegistry } from '@/test/support/registry'
import { newBlob, pushImage, putManifest } from '@/test/support/registry-client'

// OCI distribution-spec 1.1, “Content Discovery”: tags and referrers.

const ctx = await openTestContext()
const { client } = await openTestRegistry(ctx)

interface TagList {
  name: string
  tags: string[]
}

const listTags = async (name: string, query: Record<string, string> = {}) => {
  const answer = await client.get(`/v2/${name}/tags/list`, { query })
  expect([answer.status, answer.header('content-type')]).toEqual([200, 'application/json'])
  return { ...answer.json<TagList>(), link: answer.header('link') }
}

describe('tags', () => {
  const name = 'conformance/tags'
  const sorted = ['1.0', '1.10', '1.9', 'Latest', '_x', 'a', 'b-1', 'b_1', 'latest', 'z'].sort()

  it('are listed in the order of their bytes', async () => {
    await pushImage(client, name, buildImage({ layers: ['tags'] }), ...sorted.toReversed())
    expect(await listTags(name)).toEqual({ name, tags: sorted, link: '' })
  })

  it('are listed n at a time, with a link to the rest', async () => {
    const first = await listTags(name, { n: '4' })
    expect(first.tags).toEqual(sorted.slice(0, 4))
    const [, target = ''] = /^<([^>]+)>; rel="next"$/.exec(first.link) ?? []
    const url = new URL(target, client.base)
    expect([url.pathname, url.searchParams.get('n'), url.searchParams.get('last')]).toEqual([
      `/v2/${name}/tags/list`,
      '4',
      sorted[3],
    ])
    const seen = [...first.tags]
    for (let link = target; link !== ''; ) {
      const page = await client.get(link)
      seen.push(...page.json<TagList>().tags)
      link = /^<([^>]+)>/.exec(page.header('link'))?.[1] ?? ''
    }
    expect(seen).toEqual(sorted)
  })

  it('have no link when nothing is left', async () => {
    for (const n of ['10', '11', '10000'])
      expect(await listTags(name, { n })).toEqual({ name, tags: sorted, link: '' })
  })

  it('are none, without a link, when n is zero', async () => {
    expect(await listTags(name, { n: '0' })).toEqual({ name, tags: [], link: '' })
  })

  it('begin after last, with n and without', async () => {
    expect((await listTags(name, { last: 'a' })).tags).toEqual(sorted.filter((tag) => tag > 'a'))
    expect((await listTags(name, { last: 'aa', n: '2' })).tags).toEqual(
      sorted.filter((tag) => tag > 'aa').slice(0, 2),
    )
    expect((await listTags(name, { last: 'zz' })).tags).toEqual([])
  })

  it('are an empty list where there are manifests only', async () => {
    await pushImage(client, 'conformance/untagged', buildImage({ layers: ['untagged'] }))
    expect((await listTags('conformance/untagged')).tags).toEqual([])
  })

  it('of a repository that does not exist are 404', async () => {
    const answer = await client.get('/v2/no/such/repository/tags/list')
    expect([answer.status, answer.codes]).toEqual([404, ['NAME_UNKNOWN']])
  })

  it.each(['-1', 'x', '1.5'])('asked for n=%s are refused', async (n) => {
    const answer = await client.get(`/v2/${name}/tags/list`, { query: { n } })
    expect([answer.status, answer.codes.length]).toEqual([400, 1])
  })
})

interface Referrer {
  mediaType: string
  digest: string
  size: number
  artifactType?: string
  annotations?: Record<string, string>
}

async function referrers(name: string, digest: string, query: Record<string, string> = {}) {
  const answer = await client.get(`/v2/${name}/referrers/${digest}`, { query })
  expect([answer.status, answer.header('content-type')]).toEqual([200, OCI_INDEX])
  const index = answer.json<{ schemaVersion: number; mediaType: string; manifests: Referrer[] }>()
  expect(index).toMatchObject({ schemaVersion: 2, mediaType: OCI_INDEX })
  return { answer, manifests: index.manifests }
}

const byDigest = (list: { digest: string }[]) => list.toSorted((a, b) => (a.digest < b.digest ? -1 : 1))

describe('referrers', () => {
  const name = 'conformance/referrers'
  const [signature, sbom] = ['application/vnd.example.signature', 'application/vnd.example.sbom+json']
  const subject = buildImage({ layers: ['subject'] })
  const annotations = { 'org.example.one': 'hello', 'org.example.two': '' }
  const signed = buildArtifact({ artifactType: signature, subject, annotations })
  const described = buildArtifact({ artifactType: sbom, subject, content: 'sbom' })
  const asConfig = buildImage({ layers: ['no artifact type'], subject })
  const child = buildImage({ layers: ['child'], subject })
  const index = buildIndex([child], { artifactType: sbom, subject, annotations })
  const bare = buildIndex([child], { subject })
  const all: BuiltImage[] = [signed, described, asConfig, child, index, bare]
  const expected = (image: BuiltImage) => {
    const { artifactType, annotations: own } = image.json as Partial<Referrer>
    const { config } = image.json as { config?: { mediaType: string } }
    const type = artifactType ?? config?.mediaType
    return { ...descriptorOf(image), ...(type && { artifactType: type }), ...(own && { annotations: own }) }
  }

  it('are an empty index where nothing was pushed, and never 404', async () => {
    for (const repository of [name, 'no/such/repository'])
      expect((await referrers(repository, newBlob(1).digest)).manifests).toEqual([])
  })

  it('are listed with type, artifact type and annotations, of images and of indexes', async () => {
    await pushImage(client, name, subject, 'subject')
    for (const referrer of all) await pushImage(client, name, referrer)
    const { manifests } = await referrers(name, subject.digest)
    expect(byDigest(manifests)).toEqual(byDigest(all.map(expected)))
  })

  it('are filtered by artifact type, and say so', async () => {
    const config = (asConfig.json as { config: { mediaType: string } }).config.mediaType
    for (const [artifactType, wanted] of [
      [signature, [signed]],
      [sbom, [described, index]],
      [config, [asConfig, child]],
      ['application/vnd.example.none', []],
    ] as [string, BuiltImage[]][]) {
      const { answer, manifests } = await referrers(name, subject.digest, { artifactType })
      expect(answer.header('oci-filters-applied')).toBe('artifactType')
      expect(byDigest(manifests)).toEqual(byDigest(wanted.map(expected)))
    }
    const { answer } = await referrers(name, subject.digest)
    expect(answer.header('oci-filters-applied')).toBe('')
  })

  it('are listed for a subject that is not there', async () => {
    const missing = buildBlob(Buffer.from('not here'), subject.mediaType)
    const referrer = buildArtifact({ artifactType: signature, subject: missing })
    await pushImage(client, name, referrer)
    expect((await referrers(name, missing.digest)).manifests).toEqual([expected(referrer)])
  })

  it('are found by a subject of sha512', async () => {
    const strong = buildImage({ algorithm: 'sha512', layers: ['strong'] })
    const referrer = buildArtifact({ artifactType: signature, subject: strong, content: 'strong' })
    await pushImage(client, name, strong)
    await pushImage(client, name, referrer)
    expect((await referrers(name, strong.digest)).manifests).toEqual([expected(referrer)])
  })

  it('that an index under the fallback tag lists are included', async () => {
    const old = buildImage({ layers: ['old subject'] })
    const referrer = buildArtifact({ artifactType: signature, subject: old, content: 'old' })
    await pushImage(client, name, old)
    await pushImage(client, name, referrer)
    const list = buildIndex([referrer])
    const tag = old.digest.replace(':', '-')
    expect((await putManifest(client, name, list, { reference: tag })).status).toBe(201)
    expect((await referrers(name, old.digest)).manifests).toEqual([expected(referrer)])
  })

  it('of another repository are not listed', async () => {
    expect((await referrers('conformance/tags', subject.digest)).manifests).toEqual([])
  })

  it('go away when they are deleted', async () => {
    const gone = buildArtifact({ artifactType: signature, subject, content: 'gone' })
    await pushImage(client, name, gone)
    expect((await referrers(name, subject.digest)).manifests).toContainEqual(expected(gone))
    expect((await client.delete(`/v2/${name}/manifests/${gone.digest}`)).status).toBe(202)
    expect((await referrers(name, subject.digest)).manifests).not.toContainEqual(expected(gone))
  })

  it('that are too many for one index come in pages with a link', async () => {
    const crowded = buildImage({ layers: ['crowded'] })
    await pushImage(client, name, crowded)
    const note = { note: 'x'.repeat(900_000) }
    const many = Array.from({ length: 6 }, (_, place) =>
      buildArtifact({ artifactType: signature, subject: crowded, content: `${place}`, annotations: note }),
    )
    for (const one of many) await pushImage(client, name, one)
    const seen: Referrer[] = []
    let pages = 0
    for (let link = `/v2/${name}/referrers/${crowded.digest}`; link !== ''; pages += 1) {
      const page = await client.get(link)
      expect([page.status, page.header('content-type')]).toEqual([200, OCI_INDEX])
      expect(page.body.length).toBeLessThan(4 * 1024 * 1024)
      seen.push(...page.json<{ manifests: Referrer[] }>().manifests)
      link = /^<([^>]+)>; rel="next"$/.exec(page.header('link'))?.[1] ?? ''
    }
    expect(pages).toBeGreaterThan(1)
    expect(byDigest(seen)).toEqual(byDigest(many.map(expected)))
  })

  it.each(['sha256:bad', 'md5:d41d8cd98f00b204e9800998ecf8427e', 'latest'])(
    'of %s are 400',
    async (digest) => {
      const answer = await client.get(`/v2/${name}/referrers/${digest}`)
      expect([answer.status, answer.codes]).toEqual([400, ['DIGEST_INVALID']])
    },
  )
})
