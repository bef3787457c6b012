-- CreateEnum
CREATE TYPE "apt_signature_policy" AS ENUM ('required', 'optional', 'off');

-- CreateEnum
CREATE TYPE "apt_key_origin" AS ENUM ('generated', 'imported');

-- CreateEnum
CREATE TYPE "apt_package_type" AS ENUM ('deb', 'udeb', 'ddeb', 'source');

-- CreateEnum
CREATE TYPE "apt_index_encoding" AS ENUM ('plain', 'gz', 'zst');

-- CreateEnum
CREATE TYPE "apt_cause" AS ENUM ('upload', 'import', 'move', 'remove', 'undo', 'roll_back', 'settings', 'refresh');

-- CreateEnum
CREATE TYPE "apt_upload_state" AS ENUM ('receiving', 'accepted', 'rejected');

-- CreateEnum
CREATE TYPE "apt_upload_via" AS ENUM ('put', 'api', 'portal', 'import');

-- CreateEnum
CREATE TYPE "apt_move_kind" AS ENUM ('move', 'copy', 'remove', 'undo', 'roll_back');

-- CreateEnum
CREATE TYPE "apt_request_state" AS ENUM ('waiting', 'approved', 'declined', 'withdrawn', 'expired');

-- CreateEnum
CREATE TYPE "archive_kind" AS ENUM ('directory', 'storage');

-- CreateTable
CREATE TABLE "apt_repositories" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "name" TEXT COLLATE "C" NOT NULL,
    "fqdn" TEXT,
    "description" TEXT NOT NULL DEFAULT '',
    "origin" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "components" TEXT[],
    "architectures" TEXT[],
    "team_id" UUID,
    "signature_policy" "apt_signature_policy" NOT NULL DEFAULT 'optional',
    "allow_older" BOOLEAN NOT NULL DEFAULT false,
    "keep_generations" INTEGER,
    "flat_layout" BOOLEAN NOT NULL DEFAULT true,
    "contents" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "apt_repositories_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "apt_branches" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "repository_id" UUID NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "position" INTEGER NOT NULL,
    "not_automatic" BOOLEAN NOT NULL DEFAULT false,
    "but_automatic_upgrades" BOOLEAN NOT NULL DEFAULT false,
    "valid_days" INTEGER,
    "approval_required" BOOLEAN NOT NULL DEFAULT false,
    "keep_versions" INTEGER,
    "publication_id" BIGINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "apt_branches_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "apt_keys" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "repository_id" UUID NOT NULL,
    "origin" "apt_key_origin" NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "sealed_key" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "retired_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "apt_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "apt_uploaders" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "repository_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "apt_uploaders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "apt_packages" (
    "id" BIGSERIAL NOT NULL,
    "repository_id" UUID NOT NULL,
    "type" "apt_package_type" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "version" TEXT COLLATE "C" NOT NULL,
    "architecture" TEXT COLLATE "C" NOT NULL,
    "source_name" TEXT COLLATE "C" NOT NULL,
    "source_version" TEXT COLLATE "C" NOT NULL,
    "component" TEXT NOT NULL,
    "section" TEXT,
    "priority" TEXT,
    "maintainer" TEXT,
    "summary" TEXT NOT NULL DEFAULT '',
    "description" TEXT,
    "description_md5" TEXT,
    "stanza" TEXT NOT NULL,
    "contents" TEXT,
    "changelog" TEXT,
    "provides" TEXT[],
    "depends_on" TEXT[],
    "size" BIGINT NOT NULL,
    "upload_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "apt_packages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "apt_package_files" (
    "repository_id" UUID NOT NULL,
    "path" TEXT COLLATE "C" NOT NULL,
    "package_id" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "sha1" TEXT NOT NULL,
    "md5" TEXT NOT NULL,
    "size" BIGINT NOT NULL,

    CONSTRAINT "apt_package_files_pkey" PRIMARY KEY ("package_id","path")
);

-- CreateTable
CREATE TABLE "apt_placements" (
    "branch_id" UUID NOT NULL,
    "package_id" BIGINT NOT NULL,
    "list" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "source_name" TEXT COLLATE "C" NOT NULL,
    "source_version" TEXT COLLATE "C" NOT NULL,
    "placed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "apt_placements_pkey" PRIMARY KEY ("branch_id","package_id")
);

-- CreateTable
CREATE TABLE "apt_runs" (
    "id" BIGSERIAL NOT NULL,
    "repository_id" UUID NOT NULL,
    "digest" TEXT NOT NULL,
    "first_name" TEXT COLLATE "C" NOT NULL,
    "package_ids" BIGINT[],
    "plain_size" INTEGER NOT NULL,
    "gz" BYTEA NOT NULL,
    "zst" BYTEA NOT NULL,

    CONSTRAINT "apt_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "apt_lists" (
    "id" BIGSERIAL NOT NULL,
    "repository_id" UUID NOT NULL,
    "run_ids" BIGINT[],

    CONSTRAINT "apt_lists_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "apt_index_contents" (
    "repository_id" UUID NOT NULL,
    "sha256" TEXT NOT NULL,
    "encoding" "apt_index_encoding" NOT NULL,
    "list_ids" BIGINT[],
    "size" BIGINT NOT NULL,

    CONSTRAINT "apt_index_contents_pkey" PRIMARY KEY ("repository_id","sha256")
);

-- CreateTable
CREATE TABLE "apt_publications" (
    "id" BIGSERIAL NOT NULL,
    "branch_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "cause" "apt_cause" NOT NULL,
    "cause_id" UUID,
    "actor_name" TEXT NOT NULL,
    "lists" JSONB NOT NULL,
    "release" TEXT NOT NULL,
    "in_release" TEXT NOT NULL,
    "detached" TEXT NOT NULL,
    "flat" JSONB NOT NULL DEFAULT '{}',
    "packages" INTEGER NOT NULL,
    "sources" INTEGER NOT NULL,
    "size" BIGINT NOT NULL,

    CONSTRAINT "apt_publications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "apt_uploads" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "repository_id" UUID NOT NULL,
    "branch" TEXT NOT NULL,
    "via" "apt_upload_via" NOT NULL,
    "state" "apt_upload_state" NOT NULL DEFAULT 'receiving',
    "user_id" UUID,
    "actor_name" TEXT NOT NULL,
    "changes_name" TEXT,
    "source" TEXT,
    "version" TEXT,
    "signer" TEXT,
    "import_from" JSONB,
    "report" JSONB NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "apt_uploads_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "apt_upload_files" (
    "upload_id" UUID NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "sha256" TEXT NOT NULL,
    "sha1" TEXT NOT NULL,
    "md5" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "apt_upload_files_pkey" PRIMARY KEY ("upload_id","name")
);

-- CreateTable
CREATE TABLE "apt_moves" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "repository_id" UUID NOT NULL,
    "kind" "apt_move_kind" NOT NULL,
    "from_branch" TEXT,
    "to_branch" TEXT,
    "actor_type" TEXT NOT NULL,
    "actor_id" UUID,
    "actor_name" TEXT NOT NULL,
    "reason" TEXT,
    "undoes_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "apt_moves_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "apt_move_items" (
    "move_id" UUID NOT NULL,
    "package_id" BIGINT NOT NULL,
    "from_branch" TEXT,
    "to_branch" TEXT,

    CONSTRAINT "apt_move_items_pkey" PRIMARY KEY ("move_id","package_id")
);

-- CreateTable
CREATE TABLE "apt_move_requests" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "repository_id" UUID NOT NULL,
    "from_branch" TEXT NOT NULL,
    "to_branch" TEXT NOT NULL,
    "copy" BOOLEAN NOT NULL DEFAULT false,
    "packages" JSONB NOT NULL,
    "files_digest" TEXT NOT NULL,
    "state" "apt_request_state" NOT NULL DEFAULT 'waiting',
    "requester_id" UUID,
    "requester_name" TEXT NOT NULL,
    "reason" TEXT,
    "decider_id" UUID,
    "decider_name" TEXT,
    "decision" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "move_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "apt_move_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "archives" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "name" TEXT NOT NULL,
    "kind" "archive_kind" NOT NULL,
    "location" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "pointer" TEXT,
    "gone_from" DATE,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "archives_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "archive_uses" (
    "archive_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "client" TEXT NOT NULL,
    "user_agent" TEXT NOT NULL,
    "downloads" BIGINT NOT NULL DEFAULT 0,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "last_path" TEXT NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "archive_uses_pkey" PRIMARY KEY ("archive_id","day","client","user_agent")
);

-- CreateIndex
CREATE UNIQUE INDEX "apt_repositories_name_key" ON "apt_repositories"("name");

-- CreateIndex, partial: were it a key that others could refer to, changing the name would keep runs from being stored meanwhile.
CREATE UNIQUE INDEX "apt_repositories_fqdn_key" ON "apt_repositories"("fqdn") WHERE "fqdn" IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "apt_branches_publication_id_key" ON "apt_branches"("publication_id");

-- CreateIndex
CREATE UNIQUE INDEX "apt_branches_repository_id_name_key" ON "apt_branches"("repository_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "apt_keys_repository_id_fingerprint_key" ON "apt_keys"("repository_id", "fingerprint");

-- CreateIndex
CREATE UNIQUE INDEX "apt_uploaders_repository_id_fingerprint_key" ON "apt_uploaders"("repository_id", "fingerprint");

-- CreateIndex
CREATE INDEX "apt_packages_repository_id_source_name_source_version_idx" ON "apt_packages"("repository_id", "source_name", "source_version");

-- CreateIndex
CREATE UNIQUE INDEX "apt_packages_repository_id_name_version_architecture_key" ON "apt_packages"("repository_id", "name", "version", "architecture");

-- CreateIndex
CREATE INDEX "apt_package_files_repository_id_path_idx" ON "apt_package_files"("repository_id", "path");

-- CreateIndex
CREATE INDEX "apt_package_files_sha256_idx" ON "apt_package_files"("sha256");

-- CreateIndex
CREATE INDEX "apt_placements_branch_id_list_name_idx" ON "apt_placements"("branch_id", "list", "name");

-- CreateIndex
CREATE INDEX "apt_placements_branch_id_source_name_source_version_idx" ON "apt_placements"("branch_id", "source_name", "source_version");

-- CreateIndex
CREATE INDEX "apt_placements_newest" ON "apt_placements"("branch_id", "placed_at" DESC, "source_name", "source_version");

-- CreateIndex
CREATE INDEX "apt_placements_package_id_idx" ON "apt_placements"("package_id");

-- CreateIndex
CREATE UNIQUE INDEX "apt_runs_repository_id_digest_key" ON "apt_runs"("repository_id", "digest");

-- CreateIndex
CREATE INDEX "apt_publications_branch_id_at_idx" ON "apt_publications"("branch_id", "at");

-- CreateIndex
CREATE INDEX "apt_uploads_repository_id_id_idx" ON "apt_uploads"("repository_id", "id" DESC);

-- CreateIndex
CREATE INDEX "apt_uploads_repository_id_branch_user_id_state_idx" ON "apt_uploads"("repository_id", "branch", "user_id", "state");

-- CreateIndex
CREATE INDEX "apt_upload_files_sha256_idx" ON "apt_upload_files"("sha256");

-- CreateIndex
CREATE UNIQUE INDEX "apt_moves_undoes_id_key" ON "apt_moves"("undoes_id");

-- CreateIndex
CREATE INDEX "apt_moves_repository_id_id_idx" ON "apt_moves"("repository_id", "id" DESC);

-- CreateIndex
CREATE INDEX "apt_move_items_package_id_idx" ON "apt_move_items"("package_id");

-- CreateIndex
CREATE UNIQUE INDEX "apt_move_requests_move_id_key" ON "apt_move_requests"("move_id");

-- CreateIndex
CREATE INDEX "apt_move_requests_repository_id_state_id_idx" ON "apt_move_requests"("repository_id", "state", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "archives_name_key" ON "archives"("name");

-- AddForeignKey
ALTER TABLE "apt_repositories" ADD CONSTRAINT "apt_repositories_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_branches" ADD CONSTRAINT "apt_branches_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "apt_repositories"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_branches" ADD CONSTRAINT "apt_branches_publication_id_fkey" FOREIGN KEY ("publication_id") REFERENCES "apt_publications"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_keys" ADD CONSTRAINT "apt_keys_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "apt_repositories"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_uploaders" ADD CONSTRAINT "apt_uploaders_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "apt_repositories"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_packages" ADD CONSTRAINT "apt_packages_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "apt_repositories"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_packages" ADD CONSTRAINT "apt_packages_upload_id_fkey" FOREIGN KEY ("upload_id") REFERENCES "apt_uploads"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_package_files" ADD CONSTRAINT "apt_package_files_package_id_fkey" FOREIGN KEY ("package_id") REFERENCES "apt_packages"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_package_files" ADD CONSTRAINT "apt_package_files_sha256_fkey" FOREIGN KEY ("sha256") REFERENCES "blobs"("sha256") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_placements" ADD CONSTRAINT "apt_placements_branch_id_fkey" FOREIGN KEY ("branch_id") REFERENCES "apt_branches"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_placements" ADD CONSTRAINT "apt_placements_package_id_fkey" FOREIGN KEY ("package_id") REFERENCES "apt_packages"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_runs" ADD CONSTRAINT "apt_runs_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "apt_repositories"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_lists" ADD CONSTRAINT "apt_lists_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "apt_repositories"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_index_contents" ADD CONSTRAINT "apt_index_contents_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "apt_repositories"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_publications" ADD CONSTRAINT "apt_publications_branch_id_fkey" FOREIGN KEY ("branch_id") REFERENCES "apt_branches"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_uploads" ADD CONSTRAINT "apt_uploads_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "apt_repositories"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_upload_files" ADD CONSTRAINT "apt_upload_files_upload_id_fkey" FOREIGN KEY ("upload_id") REFERENCES "apt_uploads"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_upload_files" ADD CONSTRAINT "apt_upload_files_sha256_fkey" FOREIGN KEY ("sha256") REFERENCES "blobs"("sha256") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_moves" ADD CONSTRAINT "apt_moves_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "apt_repositories"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_moves" ADD CONSTRAINT "apt_moves_undoes_id_fkey" FOREIGN KEY ("undoes_id") REFERENCES "apt_moves"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_move_items" ADD CONSTRAINT "apt_move_items_move_id_fkey" FOREIGN KEY ("move_id") REFERENCES "apt_moves"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_move_items" ADD CONSTRAINT "apt_move_items_package_id_fkey" FOREIGN KEY ("package_id") REFERENCES "apt_packages"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_move_requests" ADD CONSTRAINT "apt_move_requests_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "apt_repositories"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apt_move_requests" ADD CONSTRAINT "apt_move_requests_move_id_fkey" FOREIGN KEY ("move_id") REFERENCES "apt_moves"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "archive_uses" ADD CONSTRAINT "archive_uses_archive_id_fkey" FOREIGN KEY ("archive_id") REFERENCES "archives"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Compressed already.
ALTER TABLE "apt_runs" ALTER COLUMN "gz" SET STORAGE EXTERNAL, ALTER COLUMN "zst" SET STORAGE EXTERNAL;

-- Invariants that the schema language cannot say.
ALTER TABLE "apt_repositories" ADD CONSTRAINT "apt_repositories_name_grammar" CHECK ("name" ~ '^[a-z0-9][a-z0-9+._-]{0,99}$');
ALTER TABLE "apt_repositories" ADD CONSTRAINT "apt_repositories_have_components" CHECK (cardinality("components") > 0);
ALTER TABLE "apt_repositories" ADD CONSTRAINT "apt_repositories_keep_three_generations" CHECK ("keep_generations" >= 3);
ALTER TABLE "apt_branches" ADD CONSTRAINT "apt_branches_name_grammar" CHECK ("name" ~ '^[a-z0-9][a-z0-9+._-]{0,99}$');
ALTER TABLE "apt_branches" ADD CONSTRAINT "apt_branches_valid_days" CHECK ("valid_days" BETWEEN 1 AND 3650);
ALTER TABLE "apt_branches" ADD CONSTRAINT "apt_branches_keep_versions" CHECK ("keep_versions" >= 1);
ALTER TABLE "apt_branches" ADD CONSTRAINT "apt_branches_upgrades_need_not_automatic" CHECK ("not_automatic" OR NOT "but_automatic_upgrades");
-- Put off to the commit, so that branches can change places.
ALTER TABLE "apt_branches" ADD CONSTRAINT "apt_branches_one_at_each_position" UNIQUE ("repository_id", "position") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "apt_packages" ADD CONSTRAINT "apt_packages_source_is_no_architecture" CHECK (("type" = 'source') = ("architecture" = 'source'));
ALTER TABLE "apt_package_files" ADD CONSTRAINT "apt_package_files_path_is_in_pool" CHECK ("path" LIKE 'pool/%' AND "path" !~ '(^|/)\.\.?(/|$)');
ALTER TABLE "apt_uploads" ADD CONSTRAINT "apt_uploads_end" CHECK (("state" = 'receiving') = ("finished_at" IS NULL));
ALTER TABLE "apt_move_items" ADD CONSTRAINT "apt_move_items_go_somewhere" CHECK (num_nonnulls("from_branch", "to_branch") > 0);
ALTER TABLE "apt_move_requests" ADD CONSTRAINT "apt_move_requests_approved_have_moved" CHECK (("state" = 'approved') = ("move_id" IS NOT NULL));
ALTER TABLE "apt_move_requests" ADD CONSTRAINT "apt_move_requests_of_two_people" CHECK ("state" <> 'approved' OR "decider_id" IS DISTINCT FROM "requester_id");

-- Who provides a name, and who needs it.
CREATE INDEX "apt_packages_provides" ON "apt_packages" USING gin ("provides");
CREATE INDEX "apt_packages_depends_on" ON "apt_packages" USING gin ("depends_on");
-- Search by any part of a name.
CREATE INDEX "apt_packages_name_trigram" ON "apt_packages" USING gin ("name" gin_trgm_ops);
-- The past of a branch, newest first.
CREATE INDEX "apt_publications_newest" ON "apt_publications" ("branch_id", "id" DESC);
