using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RenderFarm.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class InputPictures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "inputs",
                table: "jobs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "pictures",
                columns: table => new
                {
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    sha256 = table.Column<string>(type: "TEXT", nullable: false),
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    content_type = table.Column<string>(type: "TEXT", nullable: false),
                    width = table.Column<int>(type: "INTEGER", nullable: false),
                    height = table.Column<int>(type: "INTEGER", nullable: false),
                    size = table.Column<long>(type: "INTEGER", nullable: false),
                    used_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pictures", x => new { x.tenant, x.sha256 });
                });

            migrationBuilder.CreateTable(
                name: "picture_uses",
                columns: table => new
                {
                    owner_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    sha256 = table.Column<string>(type: "TEXT", nullable: false),
                    tenant = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_picture_uses", x => new { x.owner_id, x.sha256 });
                    table.ForeignKey(
                        name: "fk_picture_uses_pictures_tenant_sha256",
                        columns: x => new { x.tenant, x.sha256 },
                        principalTable: "pictures",
                        principalColumns: new[] { "tenant", "sha256" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_picture_uses_tenant_sha256",
                table: "picture_uses",
                columns: new[] { "tenant", "sha256" });

            migrationBuilder.CreateIndex(
                name: "ix_pictures_key",
                table: "pictures",
                column: "key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_pictures_used_at",
                table: "pictures",
                column: "used_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "picture_uses");

            migrationBuilder.DropTable(
                name: "pictures");

            migrationBuilder.DropColumn(
                name: "inputs",
                table: "jobs");
        }
    }
}
