/** The mark: a door in a warehouse. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 24 24" className="shrink-0">
      <path d="M12 1.8 22 7v15.2H2V7Z" className="fill-accent" />
      <path d="M6.5 22.2V11.6h11v10.6" className="fill-surface" />
      <path d="M8.6 14.1h6.8M8.6 17h6.8M8.6 19.9h6.8" className="stroke-accent" strokeWidth="1.5" />
    </svg>
  )
}
