import { describe, expect, it } from 'vitest'
import { probeCommand, probeUrl } from '@/components/setup/probe'
import { recipes } from '@/components/setup/recipes'
import { parseUri } from '@/server/mirror/uri'

const installation = { portal: 'https://entrepot.example.org', proxy: 'entrepot.example.org:3128' }
const url = probeUrl('0123abcd')

describe('the probe', () => {
  it('asks for a URL in normal form, of a host that never exists', () => {
    expect(parseUri(url).uri).toBe(url)
    expect(new URL(url).hostname).toMatch(/\.invalid$/)
  })

  it.each(recipes(installation).map(({ id }) => id))('has a command for %s', (id) => {
    expect(probeCommand(id, url, installation)).toContain(url)
  })
})
