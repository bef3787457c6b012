import type { Metadata } from 'next'
import { portalSession } from '@/app/portal-session'
import { AccountPage } from '@/components/account/AccountPage'

export const metadata: Metadata = { title: 'Your account' }

export default async function OwnAccountPage() {
  await portalSession()
  return <AccountPage />
}
