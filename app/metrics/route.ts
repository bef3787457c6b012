import { answerGateway } from '@/server/gateway/web'

export const dynamic = 'force-dynamic'
export { answerGateway as GET }
