import {
  Archive,
  Ban,
  Check,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  Clock,
  Download,
  Eye,
  EyeOff,
  Key,
  LoaderCircle,
  type LucideIcon,
  MessageSquareWarning,
  PencilLine,
  Send,
  TriangleAlert,
} from 'lucide-react'
import type { Tone } from '@/components/ui/Badge'

interface StateLook {
  tone: Tone
  icon: LucideIcon
  word: string
  /** Something happens by itself. */
  isMoving?: true
}

/** Every state there is in the portal, and how it looks everywhere. A new state does not compile without a look. */
export const states = {
  pending: { tone: 'neutral', icon: CircleDashed, word: 'Pending' },
  fetching: { tone: 'working', icon: Download, word: 'Fetching', isMoving: true },
  stored: { tone: 'ok', icon: CircleCheck, word: 'Stored' },
  failed: { tone: 'failed', icon: CircleAlert, word: 'Failed' },
  retired: { tone: 'neutral', icon: Archive, word: 'Retired' },
  waiting: { tone: 'neutral', icon: Clock, word: 'Waiting' },
  running: { tone: 'working', icon: LoaderCircle, word: 'Running', isMoving: true },
  succeeded: { tone: 'ok', icon: CircleCheck, word: 'Succeeded' },
  cancelled: { tone: 'neutral', icon: Ban, word: 'Cancelled' },
  cancelling: { tone: 'attention', icon: CirclePause, word: 'Cancelling', isMoving: true },
  published: { tone: 'ok', icon: Send, word: 'Published' },
  superseded: { tone: 'neutral', icon: Archive, word: 'Superseded' },
  due: { tone: 'attention', icon: Clock, word: 'Due' },
  overdue: { tone: 'failed', icon: TriangleAlert, word: 'Overdue' },
  kept: { tone: 'ok', icon: Check, word: 'Kept' },
  amended: { tone: 'ok', icon: PencilLine, word: 'Amended' },
  escalated: { tone: 'attention', icon: MessageSquareWarning, word: 'Escalated' },
  open: { tone: 'attention', icon: Eye, word: 'To decide' },
  declared: { tone: 'ok', icon: CircleCheck, word: 'Declared' },
  dismissed: { tone: 'neutral', icon: EyeOff, word: 'Dismissed' },
  active: { tone: 'ok', icon: CircleCheck, word: 'Active' },
  disabled: { tone: 'neutral', icon: Ban, word: 'Disabled' },
  locked: { tone: 'attention', icon: TriangleAlert, word: 'Locked' },
  expired: { tone: 'failed', icon: Clock, word: 'Expired' },
  expiring: { tone: 'attention', icon: Clock, word: 'Expiring' },
  revoked: { tone: 'neutral', icon: Ban, word: 'Revoked' },
  signing: { tone: 'ok', icon: Key, word: 'Signing' },
  next: { tone: 'working', icon: Clock, word: 'Next' },
  previous: { tone: 'neutral', icon: Archive, word: 'Previous' },
  receiving: { tone: 'working', icon: Download, word: 'Receiving', isMoving: true },
  accepted: { tone: 'ok', icon: CircleCheck, word: 'Accepted' },
  rejected: { tone: 'failed', icon: CircleAlert, word: 'Rejected' },
  approved: { tone: 'ok', icon: Check, word: 'Approved' },
  declined: { tone: 'neutral', icon: Ban, word: 'Declined' },
  withdrawn: { tone: 'neutral', icon: Archive, word: 'Withdrawn' },
} as const satisfies Record<string, StateLook>

export type StateName = keyof typeof states

/** States as the choices of a filter. */
export function stateOptions<State extends StateName>(
  names: readonly State[],
): { value: State; label: string }[] {
  return names.map((value) => ({ value, label: states[value].word }))
}

/** How a state looks and is called. */
export function stateLook(state: StateName): StateLook {
  return states[state]
}
