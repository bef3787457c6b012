'use client'

interface ErrorPageProps {
  error: Error & { digest?: string }
  reset: () => void
}

/** Plain elements only: this may stand in for any page, so every page loads what it needs. */
export default function PortalErrorPage({ error, reset }: ErrorPageProps) {
  return (
    <div className="grid min-h-[60dvh] place-items-center px-4">
      <div role="alert" className="flex flex-col items-center gap-4 text-center">
        <h1 className="text-xl tracking-tight">This page could not be shown</h1>
        <p className="max-w-md text-balance text-ink-muted text-sm">
          Something failed inside Entrepôt. The log has the details
          {error.digest === undefined ? '.' : ` under ${error.digest}.`}
        </p>
        <button
          type="button"
          onClick={reset}
          className="rounded-md bg-accent px-3 py-1.5 font-strong text-on-accent text-sm"
        >
          Try again
        </button>
      </div>
    </div>
  )
}
