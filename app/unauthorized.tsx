import { SignInScreen } from '@/app/sign-in/sign-in-screen'

/** In the place of any page that only people signed in may see; signing in shows that very page. */
export default function Unauthorized() {
  return <SignInScreen />
}
