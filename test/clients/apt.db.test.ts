import { describeApt } from '@/test/clients/apt-programs'
import { openAptPlace } from '@/test/support/apt-place'
import { openTestContext } from '@/test/support/context'

/* apt and its relatives at the gateway. */

const ctx = await openTestContext()
const { place } = await openAptPlace(ctx)

describeApt('at the gateway', () => place)
