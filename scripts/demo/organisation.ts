import { teams } from '@/scripts/demo/catalogue'
import { recordAudit } from '@/server/audit/record'
import { type Actor, system } from '@/server/auth/permissions'
import type { Context } from '@/server/context'

export interface DemoTeamRow {
  id: string
  slug: string
  /** User ids. */
  people: { id: string; name: string }[]
}

/** Teams and people; nobody of them can sign in, they have no password. */
export async function fillOrganisation(ctx: Context): Promise<Map<string, DemoTeamRow>> {
  const made = new Map<string, DemoTeamRow>()
  for (const { slug, name, people } of teams) {
    const row = await ctx.db.$transaction(async (tx) => {
      const team = await tx.team.create({ data: { slug, name } })
      await recordAudit(tx, ctx, system, {
        action: 'team.create',
        subject: { type: 'team', id: team.id, name: slug },
      })
      const users = await Promise.all(
        people.map((person, index) =>
          tx.user.create({
            data: {
              email: `${person.toLowerCase().replaceAll(' ', '.')}@example.org`,
              name: person,
              role: index === 0 ? 'maintainer' : 'member',
              memberships: { create: { teamId: team.id } },
            },
          }),
        ),
      )
      return { id: team.id, slug, people: users.map((user) => ({ id: user.id, name: user.name })) }
    })
    made.set(slug, row)
  }
  return made
}

/** A person of the organisation as who acts; without one, Entrepôt itself. */
export function actorOf(person: { id: string; name: string } | undefined): Actor {
  if (!person) return system
  return { ...system, kind: 'user', id: person.id, userId: person.id, name: person.name }
}
