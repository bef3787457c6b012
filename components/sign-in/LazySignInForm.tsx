'use client'

import dynamic from 'next/dynamic'

/** The sign-in form, in a part of its own: every page may come to show it, and hardly any does. */
export const LazySignInForm = dynamic(
  async () => (await import('@/components/sign-in/SignInForm')).SignInForm,
)
