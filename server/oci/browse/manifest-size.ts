import { Prisma } from '@/server/db'

const { sql } = Prisma

/**
 * SQL: bytes of all that a client of a manifest may fetch, each manifest's own included: of an index those of its children
 * that are here, with their configurations and layers. What two children share is counted for each.
 * @param repository SQL of the repository's id.
 * @param digest SQL of the manifest's digest.
 */
export function totalSize(repository: Prisma.Sql, digest: Prisma.Sql): Prisma.Sql {
  return sql`(
    SELECT of.size + coalesce((SELECT sum(p.size) FROM manifest_parts p
      WHERE p.repository_id = of.repository_id AND p.manifest = of.digest), 0)::bigint
      + coalesce((SELECT sum(below.size) FROM manifest_parts child
        JOIN manifest_parts below ON below.repository_id = child.repository_id AND below.manifest = child.digest
        WHERE child.repository_id = of.repository_id AND child.manifest = of.digest AND child.kind = 'manifest'), 0)::bigint
    FROM manifests AS of WHERE of.repository_id = ${repository} AND of.digest = ${digest})`
}

/** SQL: the platforms of an index's children, in its order; those of what is not an image (`unknown/unknown`) are left out. */
export function platformsOf(repository: Prisma.Sql, digest: Prisma.Sql): Prisma.Sql {
  return sql`(
    SELECT coalesce(array_agg(p.platform ORDER BY p.position), '{}') FROM manifest_parts p
    WHERE p.repository_id = ${repository} AND p.manifest = ${digest} AND p.platform NOT LIKE 'unknown%')`
}
