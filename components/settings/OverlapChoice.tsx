import { Field } from '@/components/ui/Field'
import { Select } from '@/components/ui/Select'

const overlaps = [
  { value: '0', label: 'None: signs at once' },
  { value: '24', label: 'One day' },
  { value: '168', label: 'One week' },
  { value: '336', label: 'Two weeks' },
  { value: '720', label: '30 days' },
  { value: '2160', label: '90 days' },
]

/** Hours in which clients can fetch a new authority before it signs; in the form as `overlapHours`. */
export function OverlapChoice({ hours }: { hours: number }) {
  return (
    <Field
      label="Time for clients to fetch it"
      name="overlapHours"
      required
      help="A client that does not trust it when it begins to sign refuses every https answer of the proxy."
    >
      <Select options={overlaps} defaultValue={String(hours)} />
    </Field>
  )
}
