import { expect, it } from 'vitest'
import {
  DOCKER_LIST,
  isForeignLayer,
  isIndex,
  isManifest,
  manifestTypes,
  OCI_INDEX,
} from '@/server/oci/media-types'

it('indexes are the two that name other manifests', () => {
  expect(manifestTypes.filter(isIndex).sort()).toEqual([DOCKER_LIST, OCI_INDEX].sort())
  expect(isIndex('application/json')).toBe(false)
})

it('a manifest is what is one by its whole type', () => {
  expect(manifestTypes.every(isManifest)).toBe(true)
  for (const type of ['', 'application/json', `${OCI_INDEX}; charset=utf-8`, OCI_INDEX.toUpperCase()]) {
    expect(isManifest(type)).toBe(false)
  }
})

it('layers that may be left elsewhere are those whose types say so', () => {
  expect(isForeignLayer('application/vnd.oci.image.layer.nondistributable.v1.tar+gzip')).toBe(true)
  expect(isForeignLayer('application/vnd.docker.image.rootfs.foreign.diff.tar.gzip')).toBe(true)
  for (const type of [
    'application/vnd.oci.image.layer.v1.tar+gzip',
    'application/vnd.docker.image.rootfs.diff.tar.gzip',
    'x/application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    'application/vnd.docker.image.rootfs.foreigner',
  ]) {
    expect(isForeignLayer(type)).toBe(false)
  }
})
