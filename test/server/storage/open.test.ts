import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseEnv } from '@/server/env'
import { openClusters } from '@/server/storage/clusters'
import { openStorage, openStorageAt, storageDirectory } from '@/server/storage/open'

const data = await mkdtemp(join(tmpdir(), 'entrepot-open-'))
afterAll(() => rm(data, { recursive: true }))
const envOf = (variables: Record<string, string> = {}) => parseEnv({ ENTREPOT_DATA: data, ...variables })

describe('the storage of an installation', () => {
  it('is a directory among its data unless told', async () => {
    const storage = await openStorage(envOf())
    expect([storage.name, storage.place('a/b')]).toEqual(['filesystem', join(data, 'storage/a/b')])
    expect(storageDirectory(envOf())).toBe(join(data, 'storage'))
  })

  it.each([
    ['s3://bucket/some/prefix?endpoint=http://127.0.0.1:9', 's3', 's3://bucket/some/prefix/a/b'],
    ['s3://bucket?region=eu-west-1', 's3', 's3://bucket/a/b'],
    ['yt://proxy//sys/admin/registry', 'yt', '//sys/admin/registry/a/b'],
    ['yt+http://127.0.0.1:9//x', 'yt', '//x/a/b'],
  ])('may be %s, which need not answer yet', async (place, name, object) => {
    const settings = envOf({ ENTREPOT_STORAGE: place })
    const storage = await openStorage(settings)
    expect([storage.name, storage.place('a/b')]).toEqual([name, object])
    expect(storageDirectory(settings)).toBeUndefined()
  })

  it.each([
    ['s3://not_a_bucket/x', 'is not the name of a bucket'],
    ['yt://proxy/one-slash', 'begins with two slashes'],
    ['ftp://elsewhere', 'Write a storage as'],
  ])('%s is refused with what to write', async (place, words) => {
    await expect(openStorageAt(place, envOf())).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(words),
    })
  })

  it('lets its users decide only where that is asked for', async () => {
    const opened = await openStorageAt('yt://proxy//x?auth=user', envOf())
    expect([opened.users, opened.documents].map((each) => typeof each)).toEqual(['object', 'object'])
    expect((await openStorageAt('yt://proxy//x', envOf())).users).toBeUndefined()
    expect((await openStorageAt(`file:${data}/other`, envOf())).documents).toBeUndefined()
  })
})

describe('clusters', () => {
  const open = async (variables: Record<string, string>) => {
    const settings = envOf(variables)
    return openClusters(settings, await openStorage(settings))
  }
  const several = {
    ENTREPOT_CLUSTERS: `hume arnold=file:${data}/arnold hahn=yt://hahn.example.net//sys/registry`,
  }

  it('have a corner of the installation’s storage, or one of their own', async () => {
    const clusters = await open(several)
    expect(clusters.all.map(({ name, storage }) => [name, storage.place('a')])).toEqual([
      ['default', join(data, 'storage/a')],
      ['hume', join(data, 'storage/clusters/hume/a')],
      ['arnold', join(data, 'arnold/a')],
      ['hahn', '//sys/registry/a'],
    ])
  })

  it('have documents and users where their storage is YTsaurus, also as the default', async () => {
    const clusters = await open({ ENTREPOT_STORAGE: 'yt://proxy//x?auth=user', ...several })
    expect(
      clusters.all.map(({ users, documents }) => [users !== undefined, documents !== undefined]),
    ).toEqual([
      [true, true],
      [false, false],
      [false, false],
      [false, true],
    ])
  })

  // Origin 001, “Выбор кластера”: the second label of a host with five, and configured names only.
  it.each([
    ['registry.hume.yt.example.net', 'hume'],
    ['registry.hume.yt.example.net:443', 'hume'],
    ['REGISTRY.Arnold.yt.example.net.', 'arnold'],
    ['registry.hume.test', 'hume'],
    ['registry.example.org', 'default'],
    ['localhost:5000', 'default'],
    ['127.0.0.1', 'default'],
    ['hume.yt.example.net', 'default'],
    ['mirror.hume.yt.example.net', 'default'],
  ])('are chosen by the host %s: %s', async (host, name) => {
    expect((await open(several)).ofHost(host).name).toBe(name)
  })

  it('are not guessed from a host that names an unknown one', async () => {
    const clusters = await open(several)
    expect(() => clusters.ofHost('registry.freud.yt.example.net')).toThrow('There is no cluster “freud”')
    expect(() => clusters.named('freud')).toThrow('There is no cluster “freud”')
  })

  it('have a default among those configured', async () => {
    const clusters = await open({ ...several, ENTREPOT_DEFAULT_CLUSTER: 'arnold' })
    expect(clusters.ofHost('localhost').name).toBe('arnold')
    await expect(open({ ...several, ENTREPOT_DEFAULT_CLUSTER: 'freud' })).rejects.toThrow(
      'is not in ENTREPOT_CLUSTERS',
    )
  })
})
