import { describe, expect, it } from 'vitest'
import { aptRecipes } from '@/components/apt/setup/recipes'
import { deb822, oneLine, snapshotLine } from '@/components/apt/setup/source-lines'
import type { RepositoryDetail } from '@/server/apt/schema'

const branches = ['unstable', 'testing', 'stable'].map((name, position) => ({
  name,
  position,
  notAutomatic: false,
  butAutomaticUpgrades: false,
  validDays: null,
  approvalRequired: false,
  keepVersions: null,
  packages: 0,
  sources: 0,
  size: 0,
  publishedAt: null,
  validUntil: null,
}))
const repository: RepositoryDetail = {
  id: '019aa000-0000-7000-8000-000000000000',
  name: 'platform',
  fqdn: null,
  description: '',
  origin: 'Entrepôt',
  label: 'platform',
  components: ['main', 'contrib'],
  architectures: ['amd64', 'arm64'],
  team: null,
  signaturePolicy: 'required',
  allowOlder: false,
  keepGenerations: null,
  flatLayout: true,
  contents: true,
  createdAt: '2026-11-21T10:00:00Z',
  branches,
  waitingRequests: 0,
  url: 'https://pkg.example.org/apt/platform',
  uploadUrl: 'https://pkg.example.org:8443/upload/platform/',
  keys: [],
  lastChangeAt: null,
}
const choice = { branch: 'testing', architecture: 'arm64', portal: 'https://pkg.example.org' }
const codeOf = (id: string, of = repository, choose = choice) =>
  aptRecipes(of, choose)
    .find((recipe) => recipe.id === id)
    ?.steps.map(({ code }) => code)
    .join('\n') ?? ''

describe('sources of apt', () => {
  it('are entries that name the key', () => {
    expect(deb822(repository, choice)).toBe(
      [
        'Types: deb deb-src',
        'URIs: https://pkg.example.org/apt/platform',
        'Suites: testing',
        'Components: main contrib',
        'Architectures: arm64',
        'Signed-By: /etc/apt/keyrings/platform.asc',
      ].join('\n'),
    )
    expect(oneLine(repository, choice)).toBe(
      'deb [arch=arm64 signed-by=/etc/apt/keyrings/platform.asc] https://pkg.example.org/apt/platform testing main contrib',
    )
  })

  it('leave the architecture to the machine unless one is chosen', () => {
    const own = { branch: 'testing', architecture: '' }
    expect(deb822(repository, own)).not.toContain('Architectures')
    expect(oneLine(repository, own)).toContain('deb [signed-by=')
  })

  it('can stay at a snapshot', () => {
    expect(snapshotLine(repository, { branch: 'stable', snapshotId: '20260801T000000Z' })).toContain(
      'deb [snapshot=20260801T000000Z signed-by=',
    )
  })
})

describe('upload tools', () => {
  it('are told host, port, scheme and path of the branch', () => {
    for (const id of ['dput', 'dupload']) {
      expect(codeOf(id)).toContain('pkg.example.org:8443')
      expect(codeOf(id)).toContain('/upload/platform/testing/')
      expect(codeOf(id)).toContain('platform-testing')
    }
    expect(codeOf('dput')).toContain('method = https')
    expect(codeOf('dput')).toContain('allow_unsigned_uploads = 0')
    expect(codeOf('dput', { ...repository, signaturePolicy: 'off' })).toContain('allow_unsigned_uploads = 1')
    expect(codeOf('dupload')).toContain('passwordcmd')
  })
})

it('uploads and promotes by the command line', () => {
  expect(codeOf('cli')).toContain('entrepot upload --repo platform --branch testing *.deb')
  expect(codeOf('cli')).toContain('entrepot dmove platform stable hello 1.0-1 testing')
  expect(codeOf('cli', repository, { ...choice, branch: 'stable' })).not.toContain('dmove')
})

it('makes the key readable for apt’s own user in an image', () => {
  expect(codeOf('docker')).toContain('ADD --chmod=644 https://pkg.example.org/apt/platform/key.asc')
})

it('promotes from the chosen branch to the next, from the last one’s neighbour into it', () => {
  expect(codeOf('dmove')).toContain('from=testing -d to=stable')
  expect(codeOf('dmove', repository, { ...choice, branch: 'stable' })).toContain('from=testing -d to=stable')
  expect(codeOf('dmove')).toContain('https://pkg.example.org:8443/dmove')
})

it('says where uploads are refused', () => {
  const closed = branches.map((branch) => ({ ...branch, approvalRequired: branch.name === 'stable' }))
  const noteOf = (branch: string) => {
    const choice = { branch, architecture: '', portal: 'https://pkg.example.org' }
    const recipes = aptRecipes({ ...repository, branches: closed }, choice)
    return recipes.find(({ id }) => id === 'dput')?.steps[0]?.note
  }
  expect(noteOf('stable')).toContain('Uploads into stable are refused')
  expect(noteOf('unstable')).toContain('The password is a token')
})
