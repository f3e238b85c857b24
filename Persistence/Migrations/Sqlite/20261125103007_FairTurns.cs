using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RenderFarm.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class FairTurns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "busy_at",
                table: "models",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "served_at",
                table: "lanes",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "postponed",
                table: "jobs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "turns",
                columns: table => new
                {
                    model = table.Column<string>(type: "TEXT", nullable: false),
                    tenant = table.Column<string>(type: "TEXT", nullable: false),
                    served_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_turns", x => new { x.model, x.tenant });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "turns");

            migrationBuilder.DropColumn(
                name: "busy_at",
                table: "models");

            migrationBuilder.DropColumn(
                name: "served_at",
                table: "lanes");

            migrationBuilder.DropColumn(
                name: "postponed",
                table: "jobs");
        }
    }
}
