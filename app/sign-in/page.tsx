import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { SignInScreen } from '@/app/sign-in/sign-in-screen'
import { safeNext } from '@/components/sign-in/sign-in-calls'
import { signInProblem } from '@/server/auth/schema'
import { currentActor } from '@/server/auth/session'

export const metadata: Metadata = { title: 'Sign in' }

interface SignInPageProps {
  searchParams: Promise<{ next?: string; callbackUrl?: string; error?: string }>
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const { next, error } = await searchParams
  const target = safeNext(next)
  if ((await currentActor()).kind !== 'anonymous') redirect(target)
  return <SignInScreen next={target} problem={error === undefined ? undefined : signInProblem(error)} />
}
