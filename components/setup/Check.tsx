'use client'

import { useQuery } from '@tanstack/react-query'
import { useRefusal } from '@/components/providers/Viewer'
import { probeCommand, probeUrl } from '@/components/setup/probe'
import { probeArrival } from '@/components/setup/queries'
import type { Installation, Recipe } from '@/components/setup/recipes'
import { Notice } from '@/components/ui/Notice'
import { Panel } from '@/components/ui/Panel'
import { Snippet } from '@/components/ui/Snippet'

interface CheckProps {
  recipe: Recipe
  installation: Installation
  probeId: string
}

/** A request of one's own through the proxy; turns green when it has arrived. */
export function Check({ recipe, installation, probeId }: CheckProps) {
  const url = probeUrl(probeId)
  const mayDismiss = useRefusal('miss.decide') === undefined
  const { data: arrival } = useQuery(probeArrival({ id: probeId, url, mayDismiss }))
  return (
    <Panel title="Check">
      <div className="flex flex-col gap-3">
        <p className="text-sm">
          {recipe.id === 'browser' ? 'Open this address' : 'Run this on the client'}: it asks for a URL that
          nobody declared, so the right answer is “404 Not declared”, from Entrepôt.
        </p>
        <Snippet code={probeCommand(recipe.id, url, installation)} label="probe" />
        {arrival ? (
          <Notice tone="ok" title="The request arrived">
            From {arrival.network} with {arrival.userAgent || 'a client that does not say what it is'}. It
            reaches the proxy and trusts the authority: this client is set up.
          </Notice>
        ) : (
          <Notice title="Waiting for the request">
            An error about the certificate means that the authority is not trusted yet; one about the
            connection, that the proxy is not reached. This turns green by itself.
          </Notice>
        )}
      </div>
    </Panel>
  )
}
