import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { installation } from '@/test/support/installation'

const here = await installation()

it('lists every problem of the environment', { timeout: 300_000 }, async () => {
  const started = here.start({
    ENTREPOT_WEB_PORT: '70000',
    DATABASE_URL: 'mysql://example.org/x',
    ENTREPOT_SECRET: 'short',
  })
  expect(await started.ended).toBe(2)
  for (const name of ['ENTREPOT_WEB_PORT', 'DATABASE_URL', 'ENTREPOT_SECRET'])
    expect(started.output()).toMatch(new RegExp(`^ {2}${name}: `, 'm'))
  expect(started.output()).not.toContain('    at ')
})

it('names a port that is in use, and the variable that chooses it', { timeout: 300_000 }, async () => {
  const port = Number(here.variables.ENTREPOT_PROXY_PORT)
  const other = createServer()
  onTestFinished(() => void other.close())
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
  const started = here.start({ ENTREPOT_GATEWAY_PORT: here.variables.ENTREPOT_WEB_PORT as string })
  expect(await started.ended).toBe(1)
  expect(started.output()).toContain(
    `Port ${port} on 127.0.0.1 is in use. Stop what uses it, or set ENTREPOT_PROXY_PORT to a free port.`,
  )
  expect(started.output()).toContain('ENTREPOT_WEB_PORT and ENTREPOT_GATEWAY_PORT are both')
})

it('says when the data directory, the address or the database cannot be used', {
  timeout: 300_000,
}, async () => {
  const file = join(here.data, 'a-file')
  await writeFile(file, '')
  const noDirectory = here.start({ ENTREPOT_DATA: file })
  expect(await noDirectory.ended).toBe(1)
  expect(noDirectory.output()).toContain(`The data directory ${file} cannot be used (EEXIST).`)

  const noAddress = here.start({ ENTREPOT_HOST: '192.0.2.1' })
  expect(await noAddress.ended).toBe(1)
  expect(noAddress.output()).toContain('ENTREPOT_HOST: this machine has no address 192.0.2.1.')

  const noDatabase = here.start({ DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' })
  expect(await noDatabase.ended).toBe(1)
  expect(noDatabase.output()).toContain('The database at 127.0.0.1:1 does not answer (ECONNREFUSED).')
})
