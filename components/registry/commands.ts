/** What one command line needs to know of an image here. */
export interface ImagePlace {
  /** `host[:port]` of the cluster. */
  host: string
  /** There is no TLS. */
  isPlain: boolean
  name: string
  /** A tag, or a digest with its algorithm. */
  reference: string
}

export interface Command {
  id: string
  title: string
  code: string
}

/** The reference that clients take: `host/name:tag`, `host/name@sha256:…`. */
export function fullReference({ host, name, reference }: Omit<ImagePlace, 'isPlain'>): string {
  return `${host}/${name}${reference.includes(':') ? '@' : ':'}${reference}`
}

/** Clients take the machine itself without TLS and without being told. */
function needsSaying({ host, isPlain }: Pick<ImagePlace, 'host' | 'isPlain'>): boolean {
  return isPlain && !/^(localhost|127\.|\[::1\])/.test(host)
}

/** How each client signs in: the user name is anybody's, the password is a token. */
export function loginCommands(place: Pick<ImagePlace, 'host' | 'isPlain'>): Command[] {
  const { host, isPlain } = place
  const plain = isPlain ? ' --tls-verify=false' : ''
  return [
    {
      id: 'docker',
      title: 'docker',
      code: [...dockerNote(place), `docker login -u token ${host}`].join('\n'),
    },
    { id: 'podman', title: 'podman', code: `podman login${plain} -u token ${host}` },
    { id: 'skopeo', title: 'skopeo', code: `skopeo login${plain} -u token ${host}` },
    {
      id: 'containerd',
      title: 'containerd',
      code: `nerdctl login${isPlain ? ' --insecure-registry' : ''} -u token ${host}`,
    },
  ]
}

/** How each client fetches this very image. */
export function pullCommands(place: ImagePlace): Command[] {
  const full = fullReference(place)
  const { isPlain, host, name } = place
  const plain = isPlain ? ' --tls-verify=false' : ''
  return [
    { id: 'docker', title: 'docker', code: [...dockerNote(place), `docker pull ${full}`].join('\n') },
    { id: 'podman', title: 'podman', code: `podman pull${plain} ${full}` },
    {
      id: 'skopeo',
      title: 'skopeo',
      code: `skopeo copy --all${isPlain ? ' --src-tls-verify=false' : ''} docker://${full} oci:${name.split('/').at(-1)}`,
    },
    { id: 'containerd', title: 'containerd', code: containerd({ host, isPlain, full }) },
  ]
}

/** How each client brings an image of its own here. */
export function pushCommands(place: ImagePlace): Command[] {
  const full = fullReference(place)
  const { isPlain, name } = place
  const own = name.split('/').at(-1)
  const plain = isPlain ? ' --tls-verify=false' : ''
  return [
    {
      id: 'docker',
      title: 'docker',
      code: [...dockerNote(place), `docker tag ${own}:latest ${full}`, `docker push ${full}`].join('\n'),
    },
    { id: 'podman', title: 'podman', code: `podman push${plain} ${own}:latest ${full}` },
    { id: 'buildah', title: 'buildah', code: `buildah push${plain} ${own}:latest docker://${full}` },
    {
      id: 'skopeo',
      title: 'skopeo',
      code: `skopeo copy --all${isPlain ? ' --dest-tls-verify=false' : ''} oci:${own} docker://${full}`,
    },
    {
      id: 'containerd',
      title: 'containerd',
      code: `nerdctl tag ${own}:latest ${full}\nnerdctl push${isPlain ? ' --insecure-registry' : ''} ${full}`,
    },
  ]
}

function dockerNote(place: Pick<ImagePlace, 'host' | 'isPlain'>): string[] {
  if (!needsSaying(place)) return []
  return [`# /etc/docker/daemon.json: {"insecure-registries": ["${place.host}"]}`]
}

function containerd({ host, isPlain, full }: { host: string; isPlain: boolean; full: string }): string {
  const url = `${isPlain ? 'http' : 'https'}://${host}`
  return [
    `# /etc/containerd/certs.d/${host}/hosts.toml`,
    `server = "${url}"`,
    `[host."${url}"]`,
    '  capabilities = ["pull", "resolve", "push"]',
    '',
    '# then',
    `ctr images pull --hosts-dir /etc/containerd/certs.d ${full}`,
  ].join('\n')
}
