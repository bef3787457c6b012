-- CreateEnum
CREATE TYPE "image_state" AS ENUM ('pending', 'fetching', 'stored', 'failed');

-- CreateEnum
CREATE TYPE "image_part_kind" AS ENUM ('index', 'manifest', 'config', 'layer', 'blob');

-- CreateEnum
CREATE TYPE "manifest_part_kind" AS ENUM ('config', 'layer', 'manifest');

-- CreateEnum
CREATE TYPE "rule_subject" AS ENUM ('user', 'team', 'signed_in', 'everyone');

-- CreateEnum
CREATE TYPE "rule_effect" AS ENUM ('allow', 'deny');

-- CreateEnum
CREATE TYPE "node_permission" AS ENUM ('read', 'write', 'remove', 'administer');

-- AlterTable
ALTER TABLE "uses" ADD COLUMN     "image_id" UUID,
ALTER COLUMN "file_id" DROP NOT NULL;

-- AlterTable
ALTER TABLE "misses" ADD COLUMN     "image_id" UUID;

-- CreateTable
CREATE TABLE "images" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "registry" TEXT NOT NULL,
    "repository" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "platforms" TEXT[],
    "resolved_tag" TEXT,
    "state" "image_state" NOT NULL DEFAULT 'pending',
    "media_type" TEXT,
    "size" BIGINT,
    "parts_done" INTEGER NOT NULL DEFAULT 0,
    "parts_total" INTEGER,
    "error_code" TEXT,
    "error" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "stored_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "images_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "image_parts" (
    "image_id" UUID NOT NULL,
    "digest" TEXT NOT NULL,
    "kind" "image_part_kind" NOT NULL,
    "media_type" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "parent_digest" TEXT,
    "position" INTEGER NOT NULL,
    "platform" TEXT,
    "wanted" BOOLEAN NOT NULL DEFAULT true,
    "subject" TEXT,
    "artifact_type" TEXT,
    "annotations" JSONB,
    "sha256" TEXT,

    CONSTRAINT "image_parts_pkey" PRIMARY KEY ("image_id","digest")
);

-- CreateTable
CREATE TABLE "image_tags" (
    "image_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "digest" TEXT NOT NULL,

    CONSTRAINT "image_tags_pkey" PRIMARY KEY ("image_id","name")
);

-- CreateTable
CREATE TABLE "image_download_days" (
    "image_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "team_id" UUID NOT NULL,
    "count" BIGINT NOT NULL DEFAULT 0,
    "bytes" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "image_download_days_pkey" PRIMARY KEY ("image_id","day","team_id")
);

-- CreateTable
CREATE TABLE "upstream_registries" (
    "registry" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "sealed_password" TEXT NOT NULL,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "upstream_registries_pkey" PRIMARY KEY ("registry")
);

-- CreateTable
CREATE TABLE "repositories" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "cluster" TEXT NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "immutable_tags" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "repositories_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cluster_blobs" (
    "cluster" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cluster_blobs_pkey" PRIMARY KEY ("cluster","digest")
);

-- CreateTable
CREATE TABLE "repository_blobs" (
    "repository_id" UUID NOT NULL,
    "cluster" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "repository_blobs_pkey" PRIMARY KEY ("repository_id","digest")
);

-- CreateTable
CREATE TABLE "manifests" (
    "repository_id" UUID NOT NULL,
    "digest" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "content" BYTEA NOT NULL,
    "size" INTEGER NOT NULL,
    "artifact_type" TEXT,
    "annotations" JSONB,
    "subject" TEXT,
    "pushed_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "manifests_pkey" PRIMARY KEY ("repository_id","digest")
);

-- CreateTable
CREATE TABLE "manifest_parts" (
    "repository_id" UUID NOT NULL,
    "manifest" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" "manifest_part_kind" NOT NULL,
    "digest" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "platform" TEXT,

    CONSTRAINT "manifest_parts_pkey" PRIMARY KEY ("repository_id","manifest","position")
);

-- CreateTable
CREATE TABLE "tags" (
    "repository_id" UUID NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "digest" TEXT NOT NULL,
    "pushed_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tags_pkey" PRIMARY KEY ("repository_id","name")
);

-- CreateTable
CREATE TABLE "uploads" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "repository_id" UUID NOT NULL,
    "received" BIGINT NOT NULL DEFAULT 0,
    "chunks" JSONB NOT NULL DEFAULT '[]',
    "sha256" TEXT,
    "started_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "uploads_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "nodes" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "cluster" TEXT NOT NULL,
    "path" TEXT COLLATE "C" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "nodes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "node_rules" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "node_id" UUID NOT NULL,
    "subject" "rule_subject" NOT NULL,
    "user_id" UUID,
    "team_id" UUID,
    "permissions" "node_permission"[],
    "effect" "rule_effect" NOT NULL,
    "inherited" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "node_rules_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "workload_identities" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "name" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "audience" TEXT NOT NULL,
    "keys" JSONB NOT NULL,
    "claims" JSONB NOT NULL,
    "team_id" UUID NOT NULL,
    "scopes" TEXT[],
    "last_used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workload_identities_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "images_registry_repository_digest_key" ON "images"("registry", "repository", "digest");

-- CreateIndex
CREATE INDEX "image_parts_digest_idx" ON "image_parts"("digest");

-- CreateIndex
CREATE INDEX "image_parts_sha256_idx" ON "image_parts"("sha256");

-- CreateIndex
CREATE UNIQUE INDEX "repositories_cluster_name_key" ON "repositories"("cluster", "name");

-- CreateIndex
CREATE INDEX "repository_blobs_cluster_digest_idx" ON "repository_blobs"("cluster", "digest");

-- CreateIndex
CREATE INDEX "manifests_repository_id_subject_digest_idx" ON "manifests"("repository_id", "subject", "digest");

-- CreateIndex
CREATE INDEX "manifest_parts_repository_id_digest_idx" ON "manifest_parts"("repository_id", "digest");

-- CreateIndex
CREATE INDEX "tags_repository_id_digest_idx" ON "tags"("repository_id", "digest");

-- CreateIndex
CREATE INDEX "uploads_updated_at_idx" ON "uploads"("updated_at");

-- CreateIndex
CREATE INDEX "uploads_repository_id_idx" ON "uploads"("repository_id");

-- CreateIndex
CREATE UNIQUE INDEX "nodes_cluster_path_key" ON "nodes"("cluster", "path");

-- CreateIndex
CREATE INDEX "node_rules_node_id_idx" ON "node_rules"("node_id");

-- CreateIndex
CREATE UNIQUE INDEX "workload_identities_name_key" ON "workload_identities"("name");

-- CreateIndex
CREATE INDEX "workload_identities_issuer_idx" ON "workload_identities"("issuer");

-- CreateIndex
CREATE INDEX "uses_image_id_idx" ON "uses"("image_id");

-- AddForeignKey
ALTER TABLE "uses" ADD CONSTRAINT "uses_image_id_fkey" FOREIGN KEY ("image_id") REFERENCES "images"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "misses" ADD CONSTRAINT "misses_image_id_fkey" FOREIGN KEY ("image_id") REFERENCES "images"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "image_parts" ADD CONSTRAINT "image_parts_image_id_fkey" FOREIGN KEY ("image_id") REFERENCES "images"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "image_parts" ADD CONSTRAINT "image_parts_sha256_fkey" FOREIGN KEY ("sha256") REFERENCES "blobs"("sha256") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "image_tags" ADD CONSTRAINT "image_tags_image_id_fkey" FOREIGN KEY ("image_id") REFERENCES "images"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "image_download_days" ADD CONSTRAINT "image_download_days_image_id_fkey" FOREIGN KEY ("image_id") REFERENCES "images"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repository_blobs" ADD CONSTRAINT "repository_blobs_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repository_blobs" ADD CONSTRAINT "repository_blobs_cluster_digest_fkey" FOREIGN KEY ("cluster", "digest") REFERENCES "cluster_blobs"("cluster", "digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manifests" ADD CONSTRAINT "manifests_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manifest_parts" ADD CONSTRAINT "manifest_parts_repository_id_manifest_fkey" FOREIGN KEY ("repository_id", "manifest") REFERENCES "manifests"("repository_id", "digest") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tags" ADD CONSTRAINT "tags_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tags" ADD CONSTRAINT "tags_repository_id_digest_fkey" FOREIGN KEY ("repository_id", "digest") REFERENCES "manifests"("repository_id", "digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "node_rules" ADD CONSTRAINT "node_rules_node_id_fkey" FOREIGN KEY ("node_id") REFERENCES "nodes"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "node_rules" ADD CONSTRAINT "node_rules_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "node_rules" ADD CONSTRAINT "node_rules_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workload_identities" ADD CONSTRAINT "workload_identities_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateIndex
CREATE INDEX "manifests_newest" ON "manifests"("repository_id", "created_at" DESC, "digest" DESC);

-- Invariants that the schema language cannot say.
ALTER TABLE "uses" ADD CONSTRAINT "uses_of_one_subject" CHECK (num_nonnulls("file_id", "image_id") = 1);
ALTER TABLE "images" ADD CONSTRAINT "images_digest_grammar" CHECK ("digest" ~ '^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$');
ALTER TABLE "images" ADD CONSTRAINT "images_stored_is_complete"
  CHECK ("state" <> 'stored' OR ("size" IS NOT NULL AND "stored_at" IS NOT NULL AND "parts_total" IS NOT NULL AND "parts_done" = "parts_total"));
ALTER TABLE "images" ADD CONSTRAINT "images_failed_has_error" CHECK ("state" <> 'failed' OR "error" IS NOT NULL);
ALTER TABLE "image_parts" ADD CONSTRAINT "image_parts_digest_grammar" CHECK ("digest" ~ '^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$');
ALTER TABLE "image_parts" ADD CONSTRAINT "image_parts_size_is_not_negative" CHECK ("size" >= 0);
ALTER TABLE "repositories" ADD CONSTRAINT "repositories_name_length" CHECK (length("name") BETWEEN 1 AND 255);
ALTER TABLE "cluster_blobs" ADD CONSTRAINT "cluster_blobs_digest_grammar" CHECK ("digest" ~ '^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$');
ALTER TABLE "cluster_blobs" ADD CONSTRAINT "cluster_blobs_size_is_not_negative" CHECK ("size" >= 0);
ALTER TABLE "manifests" ADD CONSTRAINT "manifests_digest_grammar" CHECK ("digest" ~ '^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$');
ALTER TABLE "manifests" ADD CONSTRAINT "manifests_size_is_of_content" CHECK ("size" = octet_length("content"));
ALTER TABLE "tags" ADD CONSTRAINT "tags_name_grammar" CHECK ("name" ~ '^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$');
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_received_is_not_negative" CHECK ("received" >= 0);
ALTER TABLE "node_rules" ADD CONSTRAINT "node_rules_name_their_subject"
  CHECK (("subject" = 'user') = ("user_id" IS NOT NULL) AND ("subject" = 'team') = ("team_id" IS NOT NULL));
ALTER TABLE "node_rules" ADD CONSTRAINT "node_rules_say_something" CHECK (cardinality("permissions") > 0);

-- One active use of an image per team and project.
CREATE UNIQUE INDEX "uses_one_active_of_image" ON "uses" ("image_id", "team_id", coalesce("project", '')) WHERE "retired_at" IS NULL AND "image_id" IS NOT NULL;
-- Lists of images, newest first, by state and by registry; search by any part of the name.
CREATE INDEX "images_by_state" ON "images" ("state", "id" DESC);
CREATE INDEX "images_by_registry" ON "images" ("registry", "id" DESC);
CREATE INDEX "images_trigram" ON "images" USING gin ((lower("registry" || '/' || "repository" || '@' || "digest")) gin_trgm_ops);
CREATE INDEX "repositories_trigram" ON "repositories" USING gin (lower("name") gin_trgm_ops);
