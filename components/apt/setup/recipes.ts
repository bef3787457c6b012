import { deb822, keyringOf, oneLine } from '@/components/apt/setup/source-lines'
import type { RepositoryDetail } from '@/server/apt/schema'

interface RecipeStep {
  title: string
  note?: string
  /** Shown above the code: the file it belongs to. */
  file?: string
  code: string
}

export interface AptRecipe {
  id: string
  title: string
  steps: RecipeStep[]
}

interface Choice {
  branch: string
  architecture: string
  /** Base URL of the portal. */
  portal: string
}

/** Everything that a machine or a person needs for a branch, with the names of this installation in it. */
export function aptRecipes(repository: RepositoryDetail, choice: Choice): AptRecipe[] {
  const { name } = repository
  return [
    {
      id: 'sources',
      title: 'apt',
      steps: [
        keyStep(repository),
        {
          title: 'Name the repository to apt',
          file: `/etc/apt/sources.list.d/${name}.sources`,
          code: deb822(repository, choice),
        },
        { title: 'Read its lists', code: `sudo apt-get update\napt-cache policy` },
      ],
    },
    {
      id: 'one-line',
      title: 'One line',
      steps: [
        keyStep(repository),
        {
          title: 'Name the repository to apt',
          note: 'For machines and tools that do not read .sources files.',
          code: `echo '${oneLine(repository, choice)}' \\\n  | sudo tee /etc/apt/sources.list.d/${name}.list`,
        },
      ],
    },
    { id: 'docker', title: 'Dockerfile', steps: [dockerStep(repository, choice)] },
    { id: 'dput', title: 'dput', steps: dputSteps(repository, choice) },
    { id: 'dupload', title: 'dupload', steps: duploadSteps(repository, choice) },
    { id: 'cli', title: 'entrepot', steps: cliSteps(repository, choice) },
    { id: 'dmove', title: 'Promote', steps: dmoveSteps(repository, choice) },
  ]
}

function keyStep(repository: RepositoryDetail): RecipeStep {
  const ring = keyringOf(repository)
  return {
    title: 'Trust its key',
    code: [
      'sudo install -d -m 755 /etc/apt/keyrings',
      `curl -fsS ${repository.url}/key.asc | sudo tee ${ring} >/dev/null`,
    ].join('\n'),
  }
}

function dockerStep(repository: RepositoryDetail, choice: Choice): RecipeStep {
  const { name, url } = repository
  const lines = deb822(repository, choice).split('\n')
  return {
    title: 'In an image',
    note: 'The key is readable for apt’s own user, which --chmod is for.',
    code: [
      `ADD --chmod=644 ${url}/key.asc ${keyringOf(repository)}`,
      `COPY --chmod=644 <<EOF /etc/apt/sources.list.d/${name}.sources`,
      ...lines,
      'EOF',
      ...(url.startsWith('https:')
        ? ['RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates']
        : ['RUN apt-get update']),
    ].join('\n'),
  }
}

interface UploadPlace {
  /** Nickname of the target: repository and branch. */
  host: string
  method: string
  fqdn: string
  incoming: string
}

function uploadPlace({ name, uploadUrl }: RepositoryDetail, { branch }: Choice): UploadPlace {
  const { protocol, host, pathname } = new URL(uploadUrl)
  const incoming = `${pathname.replace(/\/*$/, '')}/${branch}/`
  return { host: `${name}-${branch}`, method: protocol.replace(':', ''), fqdn: host, incoming }
}

/** What one must know before uploading into a branch. */
function uploadNote({ branches }: RepositoryDetail, { branch }: Choice): string {
  const isClosed = branches.some(({ name, approvalRequired }) => name === branch && approvalRequired)
  return isClosed
    ? `Uploads into ${branch} are refused: packages come into it by approved moves. Choose a branch above that takes uploads.`
    : 'The password is a token with the scope “push”; the name is anybody’s.'
}

function dputSteps(repository: RepositoryDetail, choice: Choice): RecipeStep[] {
  const { host, method, fqdn, incoming } = uploadPlace(repository, choice)
  return [
    {
      title: 'Name the branch to dput',
      note: uploadNote(repository, choice),
      file: '~/.dput.cf',
      code: [
        `[${host}]`,
        `method = ${method}`,
        `fqdn = ${fqdn}`,
        `incoming = ${incoming}`,
        'login = token',
        `allow_unsigned_uploads = ${repository.signaturePolicy === 'required' ? 0 : 1}`,
        'allowed_distributions = .*',
      ].join('\n'),
    },
    { title: 'Upload a build', code: `dput ${host} ../hello_1.0-1_amd64.changes` },
  ]
}

function duploadSteps(repository: RepositoryDetail, choice: Choice): RecipeStep[] {
  const { host, method, fqdn, incoming } = uploadPlace(repository, choice)
  return [
    {
      title: 'Name the branch to dupload',
      note: uploadNote(repository, choice),
      file: '~/.dupload.conf',
      code: [
        'package config;',
        `$cfg{'${host}'} = {`,
        `  fqdn => '${fqdn}',`,
        `  method => '${method}',`,
        `  incoming => '${incoming}',`,
        `  login => 'token',`,
        `  passwordcmd => 'printf %s "$ENTREPOT_TOKEN"',`,
        '  dinstall_runs => 1,',
        '};',
        '1;',
      ].join('\n'),
    },
    { title: 'Upload a build', code: `dupload --to ${host} ../hello_1.0-1_amd64.changes` },
  ]
}

function cliSteps({ name, branches }: RepositoryDetail, { branch, portal }: Choice): RecipeStep[] {
  const to = branches[branches.findIndex((one) => one.name === branch) + 1]?.name
  return [
    { title: 'Say where and who', code: `export ENTREPOT_URL=${portal} ENTREPOT_TOKEN=ent_…` },
    { title: 'Upload packages', code: `entrepot upload --repo ${name} --branch ${branch} *.deb` },
    ...(to === undefined
      ? []
      : [{ title: 'Promote a source version', code: `entrepot dmove ${name} ${to} hello 1.0-1 ${branch}` }]),
  ]
}

function dmoveSteps({ name, branches, uploadUrl }: RepositoryDetail, { branch }: Choice): RecipeStep[] {
  const at = branches.findIndex((one) => one.name === branch)
  const from = branches[at + 1] === undefined ? (branches[at - 1]?.name ?? branch) : branch
  const to = branches[at + 1]?.name ?? branch
  return [
    {
      title: 'Promote a source version',
      note: 'All its binary packages and its source go from one branch to the next. The token needs the scope “move”.',
      code: [
        'curl -fsS -u "token:$ENTREPOT_TOKEN" \\',
        `  -d repo=${name} -d package=hello -d version=1.0-1 -d from=${from} -d to=${to} \\`,
        `  ${new URL(uploadUrl).origin}/dmove`,
      ].join('\n'),
    },
  ]
}
