import { expect, it } from 'vitest'
import { integrityShown } from '@/components/files/integrity-shown'

const hex = '00ff'.repeat(16)
const base64 = Buffer.from(hex, 'hex').toString('base64')

it.each([
  ['nothing', null, undefined],
  ['a SHA-256 in hexadecimal', `sha256-${base64}`, { name: 'SHA-256', value: hex }],
  ['a longer hash as declared', 'sha512-Zm9v', { name: 'SHA-512', value: 'sha512-Zm9v' }],
  [
    'several as declared',
    `sha256-${base64} sha512-Zm9v`,
    { name: 'integrity', value: `sha256-${base64} sha512-Zm9v` },
  ],
])('integrityShown gives %s', (_, expression, expected) => {
  expect(integrityShown(expression)).toEqual(expected)
})
