/** What the commands need to know of this installation. */
export interface Installation {
  /** Base URL of the portal, without a trailing slash. */
  portal: string
  /** `host:port` of the proxy. */
  proxy: string
  /** `host[:port]` of the registry. */
  registry?: string
}

export interface Step {
  title: string
  /** A word on why or where, shown above the commands. */
  note?: string
  language: 'sh' | 'powershell' | 'dockerfile' | 'json' | 'python' | 'ini' | 'bazelrc'
  code: string
}

export interface Recipe {
  id: string
  title: string
  steps: Step[]
}

type Build = (installation: Installation) => Step[]

const NO_PROXY = 'localhost,127.0.0.1,::1'

const exported = ({ proxy }: Installation) =>
  [
    `export http_proxy=http://${proxy} https_proxy=http://${proxy}`,
    `export HTTP_PROXY=$http_proxy HTTPS_PROXY=$https_proxy`,
    `export no_proxy=${NO_PROXY} NO_PROXY=${NO_PROXY}`,
  ].join('\n')

const shell = (installation: Installation): Step => ({
  title: 'Send requests through the proxy',
  note: 'For this shell; put the lines in /etc/profile.d/entrepot.sh for everybody.',
  language: 'sh',
  code: exported(installation),
})

const debian: Build = (installation) => [
  {
    title: 'Trust the authority',
    language: 'sh',
    code: [
      `curl -fsS ${installation.portal}/ca.crt | sudo tee /usr/local/share/ca-certificates/entrepot.crt >/dev/null`,
      'sudo update-ca-certificates',
    ].join('\n'),
  },
  shell(installation),
]

const redHat: Build = (installation) => [
  {
    title: 'Trust the authority',
    language: 'sh',
    code: [
      `curl -fsS ${installation.portal}/ca.crt | sudo tee /etc/pki/ca-trust/source/anchors/entrepot.crt >/dev/null`,
      'sudo update-ca-trust',
    ].join('\n'),
  },
  shell(installation),
]

const alpine: Build = (installation) => [
  {
    title: 'Trust the authority',
    language: 'sh',
    code: [
      `wget -qO /usr/local/share/ca-certificates/entrepot.crt ${installation.portal}/ca.crt`,
      'apk add --no-cache ca-certificates && update-ca-certificates',
    ].join('\n'),
  },
  shell(installation),
]

const macos: Build = (installation) => [
  {
    title: 'Trust the authority',
    language: 'sh',
    code: [
      `curl -fsS ${installation.portal}/ca.crt -o /tmp/entrepot.crt`,
      'sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain /tmp/entrepot.crt',
    ].join('\n'),
  },
  shell(installation),
  {
    title: 'Or for every application',
    note: 'Browsers and most applications follow the automatic configuration.',
    language: 'sh',
    code: `networksetup -setautoproxyurl Wi-Fi ${installation.portal}/proxy.pac`,
  },
]

const windows: Build = ({ portal, proxy }) => [
  {
    title: 'Trust the authority',
    note: 'In a PowerShell run as administrator.',
    language: 'powershell',
    code: [
      `Invoke-WebRequest ${portal}/ca.crt?format=der -OutFile $env:TEMP\\entrepot.cer`,
      'Import-Certificate -FilePath $env:TEMP\\entrepot.cer -CertStoreLocation Cert:\\LocalMachine\\Root',
    ].join('\n'),
  },
  {
    title: 'Send requests through the proxy',
    language: 'powershell',
    code: [
      `[Environment]::SetEnvironmentVariable('HTTP_PROXY', 'http://${proxy}', 'User')`,
      `[Environment]::SetEnvironmentVariable('HTTPS_PROXY', 'http://${proxy}', 'User')`,
      `[Environment]::SetEnvironmentVariable('NO_PROXY', '${NO_PROXY}', 'User')`,
    ].join('\n'),
  },
]

const docker: Build = ({ portal, proxy }) => [
  {
    title: 'Give builds and containers the proxy',
    note: 'In ~/.docker/config.json; docker build passes it on as build arguments.',
    language: 'json',
    code: JSON.stringify(
      {
        proxies: {
          default: { httpProxy: `http://${proxy}`, httpsProxy: `http://${proxy}`, noProxy: NO_PROXY },
        },
      },
      null,
      2,
    ),
  },
  {
    title: 'Trust the authority inside an image',
    language: 'dockerfile',
    code: [
      `ADD ${portal}/ca.crt /usr/local/share/ca-certificates/entrepot.crt`,
      'RUN update-ca-certificates',
    ].join('\n'),
  },
  {
    title: 'Give the daemon the proxy',
    note: 'In /etc/docker/daemon.json, then restart the daemon. It trusts what the system trusts.',
    language: 'json',
    code: JSON.stringify(
      {
        proxies: { 'http-proxy': `http://${proxy}`, 'https-proxy': `http://${proxy}`, 'no-proxy': NO_PROXY },
      },
      null,
      2,
    ),
  },
]

const registry: Build = ({ portal, registry: host = new URL(portal).host }) => [
  {
    title: 'Make a token',
    note: `Under ${portal}/tokens. It is the password of the registry, any user name does; to push, it needs the scope “push”.`,
    language: 'sh',
    code: 'export ENTREPOT_TOKEN=ent_…',
  },
  {
    title: 'Sign in with docker, podman, skopeo or nerdctl',
    language: 'sh',
    code: ['docker', 'podman', 'skopeo', 'nerdctl']
      .map((program) => `echo "$ENTREPOT_TOKEN" | ${program} login -u token --password-stdin ${host}`)
      .join('\n'),
  },
  {
    title: 'Or let Kubernetes pull',
    language: 'sh',
    code: [
      'kubectl create secret docker-registry entrepot \\',
      `  --docker-server=${host} --docker-username=token --docker-password="$ENTREPOT_TOKEN"`,
    ].join('\n'),
  },
]

const bazel: Build = ({ portal, proxy }) => [
  {
    title: 'Make a trust store for the Java runtime',
    note: 'Bazel brings its own runtime, which does not look at the system’s certificates.',
    language: 'sh',
    code: [
      `curl -fsS ${portal}/ca.crt -o entrepot.crt`,
      'keytool -importcert -noprompt -alias entrepot -file entrepot.crt \\',
      '  -keystore "$HOME/.entrepot.jks" -storepass changeit',
    ].join('\n'),
  },
  {
    title: 'Tell Bazel',
    note: 'In .bazelrc of the workspace, or ~/.bazelrc. Use the full path of your home directory.',
    language: 'bazelrc',
    code: [
      'startup --host_jvm_args=-Djavax.net.ssl.trustStore=/home/you/.entrepot.jks',
      'startup --host_jvm_args=-Djavax.net.ssl.trustStorePassword=changeit',
      `common --repo_env=HTTP_PROXY=http://${proxy} --repo_env=HTTPS_PROXY=http://${proxy}`,
    ].join('\n'),
  },
  {
    title: 'Any other Java program',
    language: 'sh',
    code: [
      `host=${proxy.split(':')[0]} port=${proxy.split(':').at(-1)}`,
      'export JAVA_TOOL_OPTIONS="-Djavax.net.ssl.trustStore=$HOME/.entrepot.jks \\',
      '  -Djavax.net.ssl.trustStorePassword=changeit -Dhttp.proxyHost=$host -Dhttp.proxyPort=$port \\',
      '  -Dhttps.proxyHost=$host -Dhttps.proxyPort=$port"',
    ].join('\n'),
  },
]

const file = ({ portal }: Installation): Step => ({
  title: 'Fetch the authority',
  language: 'sh',
  code: `curl -fsS ${portal}/ca.crt -o ~/.entrepot.crt`,
})

const node: Build = (installation) => [
  file(installation),
  {
    title: 'Tell Node.js',
    note: 'fetch() looks at the proxy variables only when NODE_USE_ENV_PROXY is set (Node 22.21, 24 and later). Older ones need a ProxyAgent in the program; npm, pnpm and yarn follow the variables by themselves.',
    language: 'sh',
    code: [
      'export NODE_EXTRA_CA_CERTS="$HOME/.entrepot.crt" NODE_USE_ENV_PROXY=1',
      exported(installation),
    ].join('\n'),
  },
]

const python: Build = (installation) => [
  file(installation),
  {
    title: 'Tell Python and pip',
    note: 'requests and pip replace the system’s certificates by this file. Where they also talk to servers past the proxy, append it to the system’s bundle instead.',
    language: 'sh',
    code: [
      'export SSL_CERT_FILE="$HOME/.entrepot.crt" REQUESTS_CA_BUNDLE="$HOME/.entrepot.crt" PIP_CERT="$HOME/.entrepot.crt"',
      exported(installation),
    ].join('\n'),
  },
]

const git: Build = (installation) => [
  file(installation),
  {
    title: 'Tell git',
    note: 'For archives and release files. Cloning speaks a protocol of its own, which a declared file is not.',
    language: 'sh',
    code: [
      `git config --global http.proxy http://${installation.proxy}`,
      'git config --global http.sslCAInfo "$HOME/.entrepot.crt"',
    ].join('\n'),
  },
]

const cargo: Build = (installation) => [
  file(installation),
  {
    title: 'Tell cargo',
    note: 'In ~/.cargo/config.toml.',
    language: 'ini',
    code: ['[http]', `proxy = "http://${installation.proxy}"`, 'cainfo = "/home/you/.entrepot.crt"'].join(
      '\n',
    ),
  },
]

const curl: Build = (installation) => [
  file(installation),
  {
    title: 'One request',
    language: 'sh',
    code: `curl --proxy http://${installation.proxy} --cacert ~/.entrepot.crt -fLO https://…`,
  },
  {
    title: 'Every request',
    language: 'sh',
    code: [
      `printf 'proxy = "http://${installation.proxy}"\\ncacert = "%s"\\n' "$HOME/.entrepot.crt" >> ~/.curlrc`,
      `printf 'use_proxy = on\\nhttp_proxy = http://${installation.proxy}\\nhttps_proxy = http://${installation.proxy}\\nca_certificate = %s\\n' "$HOME/.entrepot.crt" >> ~/.wgetrc`,
    ].join('\n'),
  },
]

const browser: Build = ({ portal }) => [
  {
    title: 'Automatic configuration',
    note: 'Give this URL as “automatic proxy configuration”. It sends requests through Entrepôt, except for local names.',
    language: 'sh',
    code: `${portal}/proxy.pac`,
  },
]

const kinds: [id: string, title: string, build: Build][] = [
  ['debian', 'Debian, Ubuntu', debian],
  ['rhel', 'RHEL, Fedora', redHat],
  ['alpine', 'Alpine', alpine],
  ['macos', 'macOS', macos],
  ['windows', 'Windows', windows],
  ['curl', 'curl, wget', curl],
  ['docker', 'Docker', docker],
  ['registry', 'Registry sign-in', registry],
  ['bazel', 'Bazel, Java', bazel],
  ['node', 'Node.js', node],
  ['python', 'Python, pip', python],
  ['git', 'git', git],
  ['cargo', 'Rust, cargo', cargo],
  ['browser', 'Browsers', browser],
]

/** Step-by-step client set-up with the names of this installation in every command. */
export function recipes(installation: Installation): Recipe[] {
  return kinds.map(([id, title, build]) => ({ id, title, steps: build(installation) }))
}
