import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recipes } from '@/components/setup/recipes'
import { fileName, snippets } from '@/components/setup/snippets'

const installation = { portal: 'https://depot.example.org', proxy: 'depot.example.org:3128' }
const sha256 = 'a'.repeat(64)

describe('snippets', () => {
  it('carry the URL, the proxy and the hash', () => {
    const made = snippets({ uri: 'https://files.example.org/v1.tar.gz', sha256 }, installation)
    const code = Object.fromEntries(made.map((snippet) => [snippet.id, snippet.code]))
    expect(code.curl).toContain("'https://files.example.org/v1.tar.gz'")
    expect(code.curl).toContain(`echo '${sha256}  v1.tar.gz' | sha256sum -c`)
    expect(code.bazel).toBe(
      `http_archive(\n    name = "v1",\n    sha256 = "${sha256}",\n    urls = ["https://files.example.org/v1.tar.gz"],\n)`,
    )
    expect(code.docker).toContain(`--checksum=sha256:${sha256}`)
    expect(code.wget).toContain('https_proxy=http://depot.example.org:3128')
  })

  it('claim no hash before there is one', () => {
    for (const { code } of snippets({ uri: 'https://files.example.org/a', sha256: null }, installation)) {
      expect(code).not.toMatch(/sha256/)
    }
  })

  it('never let a URL out of its quotes', () => {
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true }),
        fc.constantFrom("'", '$(id)', '`id`', ';id'),
        (url, evil) => {
          const uri = `${url.split('#')[0]}${evil}`
          const [curl] = snippets({ uri, sha256: null }, installation)
          const words = execFileSync('sh', ['-c', `set -f; curl() { printf '%s\\n' "$@"; }\n${curl?.code}`], {
            encoding: 'utf8',
          })
          expect(words.split('\n').at(-2)).toBe(uri)
        },
      ),
      { numRuns: 40 },
    )
  })

  it.each([
    ['https://a.example.org/x/v1.tar.gz?token=1', 'v1.tar.gz'],
    ['https://a.example.org/', 'download'],
    ['https://a.example.org/%2e%2e%2fetc', '_etc'],
    ['https://a.example.org/-rf', 'rf'],
    ['https://a.example.org/%zz', '_zz'],
  ])('names the file of %s %s', (uri, expected) => {
    expect(fileName(uri)).toBe(expected)
  })
})

describe('recipes', () => {
  it('name this installation and nothing else', () => {
    const made = recipes(installation)
    expect(made.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['debian', 'rhel', 'alpine', 'windows', 'bazel', 'node']),
    )
    for (const { steps } of made) {
      const code = steps.map((step) => step.code).join('\n')
      expect(code).toMatch(/depot\.example\.org/)
    }
    const node = made.find(({ id }) => id === 'node')
    expect(node?.steps.map(({ code }) => code).join()).toContain('NODE_USE_ENV_PROXY=1')
  })

  it('are commands that a shell can parse', () => {
    for (const { steps } of recipes(installation)) {
      for (const step of steps.filter(({ language }) => language === 'sh')) {
        expect(() => execFileSync('sh', ['-n', '-c', step.code])).not.toThrow()
      }
    }
  })
})
