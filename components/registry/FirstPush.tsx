'use client'

import { Commands } from '@/components/registry/Commands'
import { type ImagePlace, loginCommands, pushCommands } from '@/components/registry/commands'
import { Button } from '@/components/ui/Button'

interface FirstPushProps {
  place: ImagePlace
  /** What is empty, as a sentence. */
  sentence: string
}

/** Nothing is here yet: how the first image comes, with real commands. */
export function FirstPush({ place, sentence }: FirstPushProps) {
  return (
    <div className="mx-auto flex w-full max-w-2xl flex-col gap-5 px-4 py-8">
      <p className="text-balance text-center text-ink-muted text-sm">{sentence}</p>
      <ol className="flex flex-col gap-6">
        <Step number={1} title="Make a token with the scope “push”">
          <p className="text-ink-muted text-sm">
            It is the password; any user name does. The rules of the node decide where it may push.
          </p>
          <div>
            <Button size="small" href="/tokens">
              Your tokens
            </Button>
          </div>
        </Step>
        <Step number={2} title="Sign in">
          <Commands label="Sign-in commands" commands={loginCommands(place)} />
        </Step>
        <Step number={3} title="Push">
          <Commands label="Push commands" commands={pushCommands(place)} />
        </Step>
      </ol>
    </div>
  )
}

interface StepProps {
  number: number
  title: string
  children: React.ReactNode
}

function Step({ number, title, children }: StepProps) {
  return (
    <li className="flex min-w-0 gap-3">
      <span
        aria-hidden
        className="inline-flex size-6 shrink-0 items-center justify-center rounded-full bg-sunken text-ink-muted text-xs"
      >
        {number}
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <h3 className="pt-0.5 text-sm">{title}</h3>
        {children}
      </div>
    </li>
  )
}
