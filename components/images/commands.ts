import type { Command } from '@/components/registry/commands'

/** What the commands for a mirrored image need to know. */
export interface MirroredPlace {
  /** `docker.io/library/debian@sha256:…`. */
  reference: string
  digest: string
  /** `mirror/docker.io/library/debian` below our own registry; null where its name does not allow it. */
  mirrorRepository: string | null
  /** `host[:port]` of our own registry. */
  host: string
  isPlain: boolean
  /** `host:port` of the proxy. */
  proxy: string
}

/** How each client pulls it from our own registry, with nothing set up but the host. */
export function mirrorCommands(place: MirroredPlace): Command[] {
  const { mirrorRepository, host, digest, isPlain, reference } = place
  if (mirrorRepository === null) return []
  const full = `${host}/${mirrorRepository}@${digest}`
  const plain = isPlain ? ' --tls-verify=false' : ''
  return [
    { id: 'docker', title: 'docker', code: `docker pull ${full}` },
    { id: 'podman', title: 'podman', code: `podman pull${plain} ${full}` },
    {
      id: 'skopeo',
      title: 'skopeo',
      code: `skopeo copy --all${isPlain ? ' --src-tls-verify=false' : ''} docker://${full} oci:${shortName(reference)}`,
    },
    { id: 'containerd', title: 'containerd', code: hostsToml(place) },
  ]
}

/** How each client pulls it under its own name, through the proxy. */
export function proxyCommands({ reference, proxy }: MirroredPlace): Command[] {
  const through = `HTTPS_PROXY=http://${proxy} SSL_CERT_FILE="$HOME/.entrepot.crt"`
  return [
    {
      id: 'docker',
      title: 'docker',
      code: [
        '# once: the daemon needs the proxy and the authority, see “Set up a client”',
        `docker pull ${reference}`,
      ].join('\n'),
    },
    { id: 'podman', title: 'podman', code: `${through} \\\n  podman pull ${reference}` },
    {
      id: 'skopeo',
      title: 'skopeo',
      code: `${through} \\\n  skopeo copy --all docker://${reference} oci:${shortName(reference)}`,
    },
    {
      id: 'containerd',
      title: 'containerd',
      code: [
        '# /etc/systemd/system/containerd.service.d/entrepot.conf',
        '[Service]',
        `Environment=HTTPS_PROXY=http://${proxy}`,
        '',
        '# then',
        `ctr images pull ${reference}`,
      ].join('\n'),
    },
  ]
}

/** A mirror for all images of the same registry, so that nothing else must be renamed (containerd, “Registry Host Configuration”). */
function hostsToml({ reference, mirrorRepository, host, isPlain }: MirroredPlace): string {
  const [registry = ''] = reference.split('/')
  const path = (mirrorRepository ?? '').split('/').slice(0, 2).join('/')
  return [
    `# /etc/containerd/certs.d/${registry}/hosts.toml`,
    `[host."${isPlain ? 'http' : 'https'}://${host}/v2/${path}"]`,
    '  capabilities = ["pull", "resolve"]',
    '  override_path = true',
    '',
    '# then',
    `ctr images pull --hosts-dir /etc/containerd/certs.d ${reference}`,
  ].join('\n')
}

function shortName(reference: string): string {
  return (
    reference
      .replace(/(:[\w.-]+)?@.*$/, '')
      .split('/')
      .at(-1) ?? 'image'
  )
}
