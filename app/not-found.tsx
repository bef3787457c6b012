/** Plain elements only: this may stand in for any page, so every page loads what it needs. */
export default function NotFound() {
  return (
    <main className="grid min-h-[60dvh] place-items-center px-4">
      <div className="flex flex-col items-center gap-4 text-center">
        <h1 className="text-xl tracking-tight">Not found</h1>
        <p className="max-w-md text-balance text-ink-muted text-sm">
          There is nothing at this address. It may have been mistyped, or what it named does not exist.
        </p>
        <a href="/" className="rounded-md bg-accent px-3 py-1.5 font-strong text-on-accent text-sm">
          Go to the dashboard
        </a>
      </div>
    </main>
  )
}
