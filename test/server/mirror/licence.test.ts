import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '@/server/errors'
import { parseLicence } from '@/server/mirror/licence'

function refusal(text: string): string {
  try {
    parseLicence(text)
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid') return error.message
    throw error
  }
  throw new Error(`“${text}” was accepted`)
}

describe('an expression', () => {
  it.each([
    ['MIT', 'MIT'],
    ['mit', 'MIT'],
    ['  apache-2.0 ', 'Apache-2.0'],
    ['mit or APACHE-2.0', 'MIT OR Apache-2.0'],
    ['( MIT   and bsd-3-clause )', '(MIT AND BSD-3-Clause)'],
    ['gpl-2.0-only with Classpath-exception-2.0', 'GPL-2.0-only WITH Classpath-exception-2.0'],
    ['GPL-2.0+', 'GPL-2.0+'],
    ['apache-1.0+', 'Apache-1.0+'],
    ['LicenseRef-Our-Own', 'LicenseRef-Our-Own'],
    ['DocumentRef-a:LicenseRef-b OR MIT', 'DocumentRef-a:LicenseRef-b OR MIT'],
  ])('%j becomes %j', (text, expression) => expect(parseLicence(text)).toBe(expression))

  it('is left as it is when it is read again', () => {
    const id = fc.constantFrom('MIT', 'Apache-2.0', 'GPL-2.0-only', 'LicenseRef-x', 'zlib')
    const tree = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        id,
        fc
          .tuple(tie('node'), fc.constantFrom('AND', 'or'), tie('node'))
          .map(([a, op, b]) => `(${a} ${op} ${b})`),
      ),
    })).node
    fc.assert(
      fc.property(tree, (text) => {
        expect(parseLicence(parseLicence(text))).toBe(parseLicence(text))
      }),
    )
  })
})

describe('a refusal names what is wrong', () => {
  it.each([
    ['Apache 2.0', 'Did you mean “Apache-2.0”?'],
    ['GPLv3', 'Did you mean “GPL-3.0-only”?'],
    ['MTI', 'Did you mean “MIT”?'],
    ['MIT OR Apche-2.0', '“Apche-2.0” is not an SPDX licence identifier. Did you mean “Apache-2.0”?'],
    ['proprietary', 'Did you mean “LicenseRef-Proprietary”?'],
    [
      'our own terms',
      '“our” is not an SPDX licence identifier. For a licence of your own write LicenseRef-<name>.',
    ],
    ['GPL-2.0-only WITH nothing', 'After WITH comes an SPDX exception'],
    ['MIT Apache-2.0', 'Join identifiers with AND or OR'],
    ['MIT AND', 'Join identifiers with AND or OR'],
    ['(MIT', 'Join identifiers with AND or OR'],
    ['', 'Join identifiers with AND or OR'],
    ['ÉMIT', 'is not an SPDX licence identifier'],
  ])('%j', (text, message) => expect(refusal(text)).toContain(message))

  it('whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        try {
          expect(parseLicence(text)).not.toBe('')
        } catch (error) {
          expect(error).toBeInstanceOf(AppError)
        }
      }),
    )
  })
})
