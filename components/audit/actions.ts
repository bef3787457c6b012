/** Actions that the filter offers. One that ends in a dot stands for all of its noun; a link may bring any other. */
const known = [
  'file.',
  'use.',
  'image.',
  'registry.',
  'node.',
  'upstreamRegistry.',
  'workload.',
  'miss.',
  'host.',
  'task.',
  'team.',
  'user.',
  'user.change',
  'user.sign-in',
  'user.lock',
  'token.',
  'token.create',
  'token.revoke',
  'authority.',
]

export const actionOptions = known.map((value) => ({
  value,
  label: value.endsWith('.') ? `${value}* (any)` : value,
}))
