import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const table = [
  ...readFileSync('docs/registry.md', 'utf8').matchAll(/^\| (.+) \| `([a-z-]+)`: (.+) \|$/gm),
].map(([, requirement = '', file = '', title = '']) => ({ requirement, file, title }))

it('every test that docs/registry.md names exists', () => {
  expect(table.length).toBeGreaterThan(60)
  const missing = table.filter(({ file, title }) => {
    const source = readFileSync(join(import.meta.dirname, `${file}.db.test.ts`), 'utf8')
    return !source.includes(`'${title}'`)
  })
  expect(missing).toEqual([])
})
