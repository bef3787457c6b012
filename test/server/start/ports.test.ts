import { createServer } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { parseEnv } from '@/server/env'
import { choosePorts } from '@/server/start/ports'
import { reservePorts } from '@/test/support/ports'

const occupant = createServer()
const taken = await new Promise<number>((resolve) => {
  occupant.listen(0, '127.0.0.1', () => resolve((occupant.address() as { port: number }).port))
})
afterAll(() => new Promise((resolve) => occupant.close(resolve)))
/** Nothing but what a test is about. */
const ANY = { ENTREPOT_GATEWAY_PORT: '0', ENTREPOT_PROXY_PORT: '0', ENTREPOT_DMOVE_PORT: '0' }

it('finds a port for each that may be any', async () => {
  const settings = await choosePorts(parseEnv({ ...ANY, ENTREPOT_WEB_PORT: '0' }))
  const { ENTREPOT_WEB_PORT, ENTREPOT_GATEWAY_PORT, ENTREPOT_PROXY_PORT, ENTREPOT_DMOVE_PORT } = settings
  const ports = [ENTREPOT_WEB_PORT, ENTREPOT_GATEWAY_PORT, ENTREPOT_PROXY_PORT, ENTREPOT_DMOVE_PORT]
  expect(ports.every((port) => port > 0)).toBe(true)
  expect(new Set(ports).size).toBe(4)
})

it('waits for a port that is about to be free', async () => {
  const leaving = createServer()
  const [port = 0] = await reservePorts(1)
  await new Promise<void>((resolve) => leaving.listen(port, '127.0.0.1', resolve))
  const chosen = choosePorts(parseEnv({ ...ANY, ENTREPOT_WEB_PORT: String(port) }))
  setImmediate(() => leaving.close())
  expect((await chosen).ENTREPOT_WEB_PORT).toBe(port)
})

it('names every port that cannot be had, with its variable', async () => {
  const settings = parseEnv({
    ...ANY,
    ENTREPOT_WEB_PORT: String(taken),
    ENTREPOT_GATEWAY_PORT: String(taken),
  })
  const problem = choosePorts(settings)
  await expect(problem).rejects.toThrow(`ENTREPOT_WEB_PORT and ENTREPOT_GATEWAY_PORT are both ${taken}`)
  await expect(problem).rejects.toThrow(
    `Port ${taken} on 127.0.0.1 is in use. Stop what uses it, or set ENTREPOT_WEB_PORT`,
  )
})

it('names an address that this machine does not have', async () => {
  const settings = parseEnv({ ENTREPOT_HOST: '192.0.2.1' })
  await expect(choosePorts(settings)).rejects.toThrow('ENTREPOT_HOST: this machine has no address 192.0.2.1.')
})
