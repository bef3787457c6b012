import Link from 'next/link'
import { Fragment } from 'react'
import { nodeHref } from '@/components/registry/places'

interface NodePathProps {
  cluster: string
  path: string
}

/** Where one is in the tree of a cluster; each step leads there. */
export function NodePath({ cluster, path }: NodePathProps) {
  const steps = path === '' ? [] : path.split('/')
  return (
    <nav aria-label="Node" className="flex min-w-0 flex-wrap items-center gap-x-0.5 font-mono text-sm">
      <Step href={nodeHref(cluster, '')} isHere={steps.length === 0}>
        {`${cluster}:/`}
      </Step>
      {steps.map((step, index) => (
        <Fragment key={steps.slice(0, index + 1).join('/')}>
          <span aria-hidden className="text-ink-faint">
            /
          </span>
          <Step
            href={nodeHref(cluster, steps.slice(0, index + 1).join('/'))}
            isHere={index === steps.length - 1}
          >
            {step}
          </Step>
        </Fragment>
      ))}
    </nav>
  )
}

function Step({ href, isHere, children }: { href: string; isHere: boolean; children: string }) {
  if (isHere) {
    return (
      <span aria-current="location" className="px-1 font-strong">
        {children}
      </span>
    )
  }
  return (
    <Link href={href} className="rounded-sm px-1 text-accent hover:underline">
      {children}
    </Link>
  )
}
