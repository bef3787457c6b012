import { expect, it } from 'vitest'
import { parseEnv } from '@/server/env'
import { summary } from '@/server/start/summary'

const env = parseEnv({ ENTREPOT_PUBLIC_URL: 'https://depot.example.org/' })

it('shows the secrets of the first start', () => {
  const signIn = { email: 'admin@example.org', password: 'p4ss', token: 'ent_abc' }
  const text = summary({ env, signIn, caFile: '/data/ca.crt', logFile: '/data/logs/entrepot.log' })
  expect(text).toBe(`
Entrepôt is ready.

  Portal   https://depot.example.org
  Sign in  admin@example.org  password p4ss
  Token    ent_abc
  Proxy    http://depot.example.org:3128
  Dmove    http://depot.example.org:8088/dmove
  CA       /data/ca.crt
  Log      /data/logs/entrepot.log
  Next     npx entrepot declare <url> --team platform --reason "why you need it"

  Secrets are shown this once.

Ctrl-C stops it.
`)
})

it('shows none later, and nobody where nobody signs in with a password', () => {
  const known = { email: 'admin@example.org' }
  expect(summary({ env, signIn: known, caFile: 'c', logFile: undefined })).not.toMatch(
    /password|Token|Secrets|Log/,
  )
  expect(summary({ env, signIn: undefined, caFile: 'c', logFile: undefined })).not.toContain('Sign in')
})
