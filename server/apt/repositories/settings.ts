import type { RepositoryInput } from '@/server/apt/schema'
import { isUniqueViolation, type Tx } from '@/server/db'
import { AppError } from '@/server/errors'

/** @throws AppError `invalid` for upgrades that are automatic in a branch that is automatic anyway. */
export function requireReleaseFlags(
  {
    notAutomatic = false,
    butAutomaticUpgrades = false,
  }: { notAutomatic?: boolean; butAutomaticUpgrades?: boolean },
  path = 'butAutomaticUpgrades',
): void {
  if (notAutomatic || !butAutomaticUpgrades) return
  const message = 'ButAutomaticUpgrades means something only together with NotAutomatic.'
  throw new AppError('invalid', message, { fields: [{ path, message }] })
}

/**
 * The id of the team that a repository is to belong to.
 * @returns null for none.
 * @throws AppError `invalid` when there is no such team.
 */
export async function teamIdOf(tx: Tx, slug: string | null): Promise<string | null> {
  if (slug === null) return null
  const team = await tx.team.findUnique({ where: { slug }, select: { id: true } })
  if (team !== null) return team.id
  const message = `There is no team “${slug}”.`
  throw new AppError('invalid', message, { fields: [{ path: 'team', message }] })
}

/**
 * Says which of two unique names is taken.
 * @throws AppError `conflict` for a name that another repository has, otherwise the error as it is.
 */
export function rethrowTaken(
  error: unknown,
  { name, fqdn }: Pick<RepositoryInput, 'fqdn'> & { name?: string },
): never {
  if (fqdn && isUniqueViolation(error, 'fqdn')) throw taken('fqdn', `the host name ${fqdn}`)
  if (name !== undefined && isUniqueViolation(error, 'name')) throw taken('name', `the name “${name}”`)
  throw error
}

function taken(path: string, what: string): AppError {
  const message = `Another repository has ${what} already.`
  return new AppError('conflict', message, { fields: [{ path, message }] })
}

/** Who an audit row of a repository is about. */
export function repositorySubject({ id, name }: { id: string; name: string }) {
  return { type: 'apt_repository', id, name }
}

/** The settings that were given, without those left out: a row keeps its own, or the database chooses. */
export function given<Given extends object>(
  input: Given,
): { [Key in keyof Given]: Exclude<Given[Key], undefined> } {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as never
}
