import { expect, it } from 'vitest'
import { mirrorCommands, proxyCommands } from '@/components/images/commands'

const digest = `sha256:${'ab'.repeat(32)}`
const place = {
  reference: `docker.io/library/debian:13@${digest}`,
  digest,
  mirrorRepository: 'mirror/docker.io/library/debian',
  host: 'dist.example.org',
  isPlain: false,
  proxy: 'dist.example.org:3128',
}

it('pulls from our own registry by digest', () => {
  const [docker, podman, skopeo, containerd] = mirrorCommands(place)
  const full = `dist.example.org/mirror/docker.io/library/debian@${digest}`
  expect(docker?.code).toBe(`docker pull ${full}`)
  expect(podman?.code).toBe(`podman pull ${full}`)
  expect(skopeo?.code).toBe(`skopeo copy --all docker://${full} oci:debian`)
  expect(containerd?.code).toContain('# /etc/containerd/certs.d/docker.io/hosts.toml')
  expect(containerd?.code).toContain('[host."https://dist.example.org/v2/mirror/docker.io"]')
})

it('says that there is no TLS where there is none', () => {
  const text = mirrorCommands({ ...place, isPlain: true }).map(({ code }) => code)
  expect(text[1]).toContain('--tls-verify=false')
  expect(text[3]).toContain('[host."http://dist.example.org/v2/mirror/docker.io"]')
})

it('has nothing to offer where our registry cannot name it', () => {
  expect(mirrorCommands({ ...place, mirrorRepository: null })).toEqual([])
})

it('pulls under its own name through the proxy', () => {
  for (const { code } of proxyCommands(place)) expect(code).toContain(place.reference)
  expect(proxyCommands(place)[2]?.code).toContain('HTTPS_PROXY=http://dist.example.org:3128')
})
