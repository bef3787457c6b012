import { Download } from 'lucide-react'
import { ExpiryBadge } from '@/components/settings/ExpiryBadge'
import { colonPairs } from '@/components/settings/expiry'
import type { Installation } from '@/components/setup/recipes'
import { Button } from '@/components/ui/Button'
import { Copyable } from '@/components/ui/Copyable'
import { DefinitionList } from '@/components/ui/DefinitionList'
import { Panel } from '@/components/ui/Panel'

interface AuthorityFactsProps {
  installation: Installation
  authority: { subject: string; fingerprint: string; notAfter: string } | undefined
}

/** What the commands are about: the proxy's address, and the authority that clients come to trust. */
export function AuthorityFacts({ installation: { portal, proxy }, authority }: AuthorityFactsProps) {
  return (
    <>
      <Panel title="Proxy">
        <DefinitionList
          items={[
            { term: 'Address', detail: <Copyable value={`http://${proxy}`} label="proxy address" /> },
            {
              term: 'Automatic',
              detail: <Copyable value={`${portal}/proxy.pac`} label="address of proxy.pac" />,
            },
          ]}
        />
        <p className="mt-3 text-ink-muted text-xs">
          With a token as the password, downloads and misses are counted to your team: Tokens, New token,
          Proxy.
        </p>
      </Panel>
      <Panel title="Authority">
        <div className="flex flex-col gap-3">
          {authority && (
            <DefinitionList
              items={[
                { term: 'Subject', detail: authority.subject },
                {
                  term: 'SHA-256',
                  detail: (
                    <Copyable value={colonPairs(authority.fingerprint)} label="fingerprint" tail={11} />
                  ),
                },
                {
                  term: 'Valid until',
                  detail: (
                    <span className="flex flex-wrap items-center gap-2">
                      {authority.notAfter.slice(0, 10)}
                      <ExpiryBadge notAfter={authority.notAfter} />
                    </span>
                  ),
                },
              ]}
            />
          )}
          <div className="flex flex-wrap gap-2">
            <Button icon={Download} href="/ca.crt" download="entrepot.crt">
              PEM
            </Button>
            <Button icon={Download} href="/ca.crt?format=der" download="entrepot.cer">
              DER
            </Button>
          </div>
          <p className="text-ink-muted text-xs">
            Compare the fingerprint after a download over plain HTTP:{' '}
            <code className="font-mono">openssl x509 -noout -fingerprint -sha256 -in entrepot.crt</code>
          </p>
        </div>
      </Panel>
    </>
  )
}
