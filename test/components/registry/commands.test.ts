import { describe, expect, it } from 'vitest'
import { fullReference, loginCommands, pullCommands, pushCommands } from '@/components/registry/commands'

const tls = { host: 'registry.hume.dist.example.org', isPlain: false, name: 'sys/ubuntu', reference: '22.04' }
const digest = `sha256:${'ab'.repeat(32)}`
const codeOf = (commands: { id: string; code: string }[], id: string) =>
  commands.find((command) => command.id === id)?.code ?? ''

describe('fullReference', () => {
  it('joins a tag with a colon and a digest with an at sign', () => {
    expect(fullReference(tls)).toBe('registry.hume.dist.example.org/sys/ubuntu:22.04')
    expect(fullReference({ ...tls, reference: digest })).toBe(
      `registry.hume.dist.example.org/sys/ubuntu@${digest}`,
    )
  })
})

describe('commands', () => {
  it('name the image for each client', () => {
    for (const commands of [pullCommands(tls), pushCommands(tls)]) {
      for (const { code } of commands) expect(code).toContain(fullReference(tls))
    }
    expect(pullCommands(tls).map(({ id }) => id)).toEqual(['docker', 'podman', 'skopeo', 'containerd'])
    expect(codeOf(pullCommands(tls), 'docker')).toBe(`docker pull ${fullReference(tls)}`)
  })

  it('say that there is no TLS to clients that must be told, and only then', () => {
    const text = (isPlain: boolean, host: string) =>
      [loginCommands, pullCommands, pushCommands]
        .flatMap((make) => make({ ...tls, isPlain, host }))
        .map(({ code }) => code)
        .join('\n')
    expect(text(false, 'dist.example.org')).not.toMatch(/insecure|tls-verify|http:\/\//)
    expect(text(true, 'dist.example.org')).toMatch(/insecure-registries": \["dist\.example\.org"\]/)
    expect(text(true, 'dist.example.org')).toMatch(/skopeo copy --all --dest-tls-verify=false/)
    // Docker takes the machine itself without TLS by itself.
    expect(text(true, '127.0.0.1:8080')).not.toContain('insecure-registries')
  })

  it('tell containerd the host in a file of its own', () => {
    const code = codeOf(pullCommands({ ...tls, isPlain: true }), 'containerd')
    expect(code).toContain('# /etc/containerd/certs.d/registry.hume.dist.example.org/hosts.toml')
    expect(code).toContain('server = "http://registry.hume.dist.example.org"')
  })
})
