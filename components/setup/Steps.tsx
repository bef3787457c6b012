import { Snippet } from '@/components/ui/Snippet'

interface StepsProps {
  steps: readonly {
    title: string
    note?: string
    /** Shown above the code: the file it belongs to. */
    file?: string
    code: string
  }[]
  /** What is copied, for those who hear it. */
  noun: 'commands' | 'lines'
}

/** What to do, one after another, each with what to copy. */
export function Steps({ steps, noun }: StepsProps) {
  return (
    <ol className="flex flex-col gap-5">
      {steps.map(({ title, note, file, code }, index) => (
        <li key={title} className="flex min-w-0 gap-3">
          <span
            aria-hidden
            className="inline-flex size-6 shrink-0 items-center justify-center rounded-full bg-sunken text-ink-muted text-xs"
          >
            {index + 1}
          </span>
          <div className="flex min-w-0 flex-1 flex-col gap-2">
            <div>
              <h3 className="pt-0.5 text-sm">{title}</h3>
              {note !== undefined && <p className="text-ink-muted text-sm">{note}</p>}
            </div>
            <Snippet code={code} label={`${noun}: ${title}`} title={file} />
          </div>
        </li>
      ))}
    </ol>
  )
}
