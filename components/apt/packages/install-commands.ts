import type { PackageDetail } from '@/server/apt/packages/schema'

interface InstallCommand {
  id: string
  title: string
  code: string
}

/** How one gets this very package, ready to paste. A source is built, everything else is installed. */
export function installCommands({ name, version, type, files }: PackageDetail): InstallCommand[] {
  const downloads = files.map(({ url }) => url)
  if (type === 'source') {
    const dsc = downloads.find((url) => url.endsWith('.dsc'))
    return [
      { id: 'apt', title: 'apt', code: `apt-get source ${name}=${version}` },
      ...(dsc ? [{ id: 'dget', title: 'dget', code: `dget --allow-unauthenticated ${dsc}` }] : []),
    ]
  }
  const [file] = files
  const commands = [
    { id: 'apt', title: 'apt', code: `sudo apt-get install ${name}=${version}` },
    {
      id: 'docker',
      title: 'Dockerfile',
      code: [
        'RUN apt-get update \\',
        ` && apt-get install -y --no-install-recommends ${name}=${version} \\`,
        ' && rm -rf /var/lib/apt/lists/*',
      ].join('\n'),
    },
  ]
  if (!file) return commands
  const saved = file.path.slice(file.path.lastIndexOf('/') + 1)
  const download = [`curl -fLO '${file.url}'`, `echo '${file.sha256}  ${saved}' | sha256sum -c`].join('\n')
  return [...commands, { id: 'curl', title: 'curl', code: download }]
}
