import type { Installation } from '@/components/setup/recipes'

export interface SnippetSource {
  uri: string
  /** Known once the file is stored. */
  sha256: string | null
}

export interface Snippet {
  id: string
  title: string
  language: 'sh' | 'python' | 'dockerfile' | 'ini'
  code: string
}

/** Single quotes for a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** The last segment of the path, as a name that is safe on a command line and in a build file. */
export function fileName(uri: string): string {
  const name = decodeURIComponentSafely(new URL(uri).pathname.split('/').at(-1) ?? '')
  return name.replaceAll(/[^A-Za-z0-9._+-]/g, '_').replace(/^[-.]+/, '') || 'download'
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}

/** How each client fetches this very file through this installation, ready to paste. */
export function snippets({ uri, sha256 }: SnippetSource, { proxy }: Installation): Snippet[] {
  const name = fileName(uri)
  const check = sha256 === null ? '' : ` && echo '${sha256}  ${name}' | sha256sum -c`
  return [
    {
      id: 'curl',
      title: 'curl',
      language: 'sh',
      code: `curl --proxy http://${proxy} --cacert ~/.entrepot.crt -fL -o ${name} ${quoted(uri)}${check}`,
    },
    {
      id: 'wget',
      title: 'wget',
      language: 'sh',
      code: `https_proxy=http://${proxy} http_proxy=http://${proxy} \\\n  wget --ca-certificate="$HOME/.entrepot.crt" -O ${name} ${quoted(uri)}${check}`,
    },
    { id: 'bazel', title: 'Bazel', language: 'python', code: bazel(name, uri, sha256) },
    { id: 'docker', title: 'Dockerfile', language: 'dockerfile', code: docker(name, uri, sha256) },
    {
      id: 'pip',
      title: 'pip',
      language: 'sh',
      code: `pip install --proxy http://${proxy} --cert ~/.entrepot.crt ${quoted(sha256 ? `${uri}#sha256=${sha256}` : uri)}`,
    },
    { id: 'buildroot', title: 'Buildroot', language: 'ini', code: buildroot(name, uri, sha256) },
  ]
}

function bazel(name: string, uri: string, sha256: string | null): string {
  const archive = /\.(tar(\.\w+)?|tgz|tbz2?|txz|zip|jar|whl)$/.test(name)
  const label = name.replace(/\.(tar\.\w+|\w+)$/, '').replaceAll(/[^A-Za-z0-9_]/g, '_')
  return [
    `${archive ? 'http_archive' : 'http_file'}(`,
    `    name = ${JSON.stringify(label)},`,
    ...(sha256 === null ? [] : [`    sha256 = ${JSON.stringify(sha256)},`]),
    `    urls = [${JSON.stringify(uri)}],`,
    ')',
  ].join('\n')
}

function docker(name: string, uri: string, sha256: string | null): string {
  return `ADD ${sha256 === null ? '' : `--checksum=sha256:${sha256} `}${JSON.stringify([uri, `/tmp/${name}`])}`
}

function buildroot(name: string, uri: string, sha256: string | null): string {
  const site = uri.slice(0, uri.lastIndexOf('/'))
  const lines = [`PACKAGE_SITE = ${site}`, `PACKAGE_SOURCE = ${name}`]
  return sha256 === null
    ? lines.join('\n')
    : [...lines, '', '# package.hash', `sha256  ${sha256}  ${name}`].join('\n')
}
